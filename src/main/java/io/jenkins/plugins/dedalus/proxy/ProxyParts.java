package io.jenkins.plugins.dedalus.proxy;

import io.vertx.core.net.TrustOptions;
import java.time.Clock;

/**
 * What every event loop's share of the proxy is made of.
 *
 * @param trust whom to trust as an upstream's certificate authority; null: the system's
 * @param eventLoops how many loops share the upstream connections
 */
record ProxyParts(
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
        TrustOptions trust,
        int eventLoops) {}
