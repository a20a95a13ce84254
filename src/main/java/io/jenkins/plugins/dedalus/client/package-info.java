/**
 * The Dedalus API: values, calls, errors. Entry point is {@link io.jenkins.plugins.dedalus.client.DedalusClient}. Imports
 * nothing of Jenkins and nothing of the other engine packages.
 *
 * <p>Two parts of the API's contract are not here, because the engine holds no thread while it waits: the stream of a
 * machine's states (the engine reads the machine at its next tick) and a loop that follows an execution to its end (the
 * engine reads pages of events, {@link io.jenkins.plugins.dedalus.client.EventReader}).
 */
package io.jenkins.plugins.dedalus.client;
