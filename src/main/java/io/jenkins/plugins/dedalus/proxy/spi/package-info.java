/**
 * What the proxy asks of its host, and the values it asks with: directory, gatekeeper, waker, credentials, metrics, log,
 * settings. No class here touches a socket.
 */
package io.jenkins.plugins.dedalus.proxy.spi;
