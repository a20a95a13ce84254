/**
 * The data plane: takes viewers' requests for preview hosts, has the machine woken, and streams bytes both ways. Vert.x
 * lives here and nowhere above; nothing of Jenkins is imported.
 *
 * <p>The path of one request: {@code RequestValidation} → {@link io.jenkins.plugins.dedalus.proxy.spi.Directory} (exact host)
 * → {@link io.jenkins.plugins.dedalus.proxy.spi.Gatekeeper} (may this viewer?) → {@link io.jenkins.plugins.dedalus.proxy.spi.Waker}
 * → {@code UpstreamPolicy} → the upstream.
 */
package io.jenkins.plugins.dedalus.proxy;
