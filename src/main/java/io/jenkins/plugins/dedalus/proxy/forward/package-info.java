/**
 * One viewer's request on its way: exchange, waiting for the wake, forwarding, the answer's relay, tunnels. Decides about
 * nothing that {@code proxy.spi} leaves to others.
 */
package io.jenkins.plugins.dedalus.proxy.forward;
