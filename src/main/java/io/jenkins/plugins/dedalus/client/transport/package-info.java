/**
 * The layers between a call and the network: authentication, rate limits, retries, revisions, errors, OkHttp. Each is a
 * {@link io.jenkins.plugins.dedalus.client.call.Transport} around another and knows no resource.
 */
package io.jenkins.plugins.dedalus.client.transport;
