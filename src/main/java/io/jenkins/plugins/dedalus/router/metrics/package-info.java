/** What the router counts, as Prometheus reads it, and its access log. */
package io.jenkins.plugins.dedalus.router.metrics;
