package io.jenkins.plugins.dedalus.proxy.upstream;

import io.jenkins.plugins.dedalus.preview.wake.ReadinessProbe;
import io.jenkins.plugins.dedalus.proxy.io.ExpectedFailures;
import io.jenkins.plugins.dedalus.proxy.io.VertxOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The wake gate's readiness probe, under the same rules as the forwarding it prepares: only allowed upstreams, only checked
 * addresses, no redirects. Every probe opens a connection of its own, for a kept one may lead to what was there before the
 * machine slept. Owns one event loop.
 */
public final class UpstreamProbe implements ReadinessProbe, AutoCloseable {
    private final Vertx vertx;
    private final Context loop;
    private final HttpClientAgent client;
    private final UpstreamResolver resolver;
    private final Supplier<Optional<String>> viewerKey;

    /**
     * Makes a probe that obeys the settings' upstream suffixes, loopback rule and limits.
     *
     * @param viewerKey the {@code Authorization} for restricted addresses, asked on the caller's thread; empty for none
     */
    public UpstreamProbe(ProxySettings settings, Supplier<Optional<String>> viewerKey) {
        this.viewerKey = viewerKey;
        io.vertx.core.VertxOptions options = new io.vertx.core.VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setPreferNativeTransport(false);
        options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        vertx = Vertx.vertx(options);
        loop = vertx.getOrCreateContext();
        client = VertxOptions.probeClient(vertx, settings);
        UpstreamPolicy policy = new UpstreamPolicy(settings.upstreamSuffixes(), settings.allowLoopback());
        resolver = new UpstreamResolver(vertx, policy, UpstreamResolver.Names.SYSTEM);
    }

    @Override
    public CompletionStage<Boolean> answers(URI upstream, String path, boolean restricted, Duration timeout) {
        Optional<String> key = restricted ? viewerKey.get() : Optional.empty();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        loop.runOnContext(v -> target(upstream)
                .compose(target -> client.request(UpstreamRequests.options(target, HttpMethod.GET, path, key)
                                .setTimeout(timeout.toMillis())
                                .putHeader("User-Agent", "dedalus-preview-probe"))
                        .compose(request -> request.send().onComplete(sent -> UpstreamRequests.drop(request))))
                .onComplete(response -> answer.complete(response.succeeded()
                        && !UpstreamRequests.isGatewayError(response.result().statusCode()))));
        return answer;
    }

    private Future<UpstreamResolver.Target> target(URI upstream) {
        UpstreamResolver.Target known = resolver.cached(upstream);
        return known != null ? Future.succeededFuture(known) : resolver.resolve(upstream);
    }

    /** Stops; probes under way end as "no answer". */
    @Override
    public void close() {
        vertx.close().onFailure(ExpectedFailures::ignoreOrLog);
    }
}
