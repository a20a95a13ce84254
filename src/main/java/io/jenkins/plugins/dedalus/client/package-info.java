/**
 * The Dedalus API: values, calls, errors. Entry point is {@link io.jenkins.plugins.dedalus.client.DedalusClient}. Imports
 * nothing of Jenkins and nothing of the other engine packages.
 */
package io.jenkins.plugins.dedalus.client;
