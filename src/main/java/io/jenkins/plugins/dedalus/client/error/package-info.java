/**
 * How a call ends that does not succeed: one exception for each answer that a caller can act upon, and the sentences they
 * are made of. Knows nothing of the rest of the client.
 */
package io.jenkins.plugins.dedalus.client.error;
