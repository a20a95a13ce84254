/**
 * What every call to the API is made of: the request and its patience, paths, JSON, idempotency keys, pages, and the
 * {@link io.jenkins.plugins.dedalus.client.call.Transport} that carries it. Knows no resource and no HTTP library.
 */
package io.jenkins.plugins.dedalus.client.call;
