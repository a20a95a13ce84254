/**
 * The way to a preview's app: addresses resolved and checked, pooled connections, guarded answers, probes.
 */
package io.jenkins.plugins.dedalus.proxy.upstream;
