package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.spi.AccessLog;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Gatekeeper;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.spi.UpstreamCredentials;
import io.jenkins.plugins.dedalus.proxy.spi.WaitingPages;
import io.jenkins.plugins.dedalus.proxy.spi.Waker;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamResolver;
import io.vertx.core.net.TrustOptions;
import java.time.Clock;

/**
 * What every event loop's share of the proxy is made of.
 *
 * @param polls what pages ask by themselves, over all loops
 * @param trust whom to trust as an upstream's certificate authority; null: the system's
 * @param eventLoops how many loops share the upstream connections
 */
public record ProxyParts(
        Directory directory,
        Gatekeeper gatekeeper,
        Waker waker,
        WaitingPages pages,
        ProxyMetrics metrics,
        AccessLog accessLog,
        UpstreamCredentials credentials,
        ProxySettings settings,
        Clock clock,
        UpstreamResolver.Names names,
        Polls polls,
        TrustOptions trust,
        int eventLoops) {}
