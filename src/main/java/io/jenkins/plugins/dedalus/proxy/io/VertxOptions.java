package io.jenkins.plugins.dedalus.proxy.io;

import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.util.LinkedHashSet;
import java.util.List;

/** How Vert.x is set up on both sides. */
public final class VertxOptions {
    public static final int CHUNK_BYTES = 32 * 1024;
    private static final int REQUEST_LINE_BYTES = 16 * 1024;
    private static final int BACKLOG = 4096;
    private static final long STREAMS = 250;
    /** Sixteen streams' windows: uploads that wait for a machine or a slow app leave room for others'. */
    private static final int CONNECTION_WINDOW_BYTES = 16 * 65_536;

    private static final int PROBES = 64;
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private VertxOptions() {}

    public static HttpServerOptions server(ProxySettings settings, ListenOptions listen) {
        HttpServerOptions options = new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setMaxInitialLineLength(REQUEST_LINE_BYTES)
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxChunkSize(CHUNK_BYTES)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(STREAMS)
                        .setMaxHeaderListSize(settings.maxHeaderBytes()));
        options.setAcceptBacklog(BACKLOG).setTcpNoDelay(true).setTcpKeepAlive(true);
        if (listen.tls()) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                    .setKeyCertOptions(tls(listen).getKeyCertOptions())
                    .setEnabledSecureTransportProtocols(new LinkedHashSet<>(PROTOCOLS));
        }
        return options;
    }

    public static ServerSSLOptions tls(ListenOptions listen) {
        ServerSSLOptions options = new ServerSSLOptions();
        options.setKeyCertOptions(new PemKeyCertOptions()
                .setCertPath(listen.certificate().toString())
                .setKeyPath(listen.privateKey().toString()));
        options.setEnabledSecureTransportProtocols(new LinkedHashSet<>(PROTOCOLS));
        return options;
    }

    /**
     * The upstream side; {@code UpstreamPool} keeps the connections, this one's own pool serves probes only.
     *
     * @param trust whom to trust as an upstream's certificate authority; null: the system's
     */
    public static HttpClientAgent client(Vertx vertx, ProxySettings settings, TrustOptions trust) {
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(true)
                .setKeepAliveTimeout(
                        (int) Math.max(1, settings.keepAliveTimeout().toSeconds()))
                .setPipelining(false)
                .setDecompressionSupported(false)
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxChunkSize(CHUNK_BYTES)
                .setMaxRedirects(0)
                .setVerifyHost(true)
                .setForceSni(true);
        options.setConnectTimeout((int) settings.connectTimeout().toMillis());
        options.setTcpNoDelay(true).setTcpKeepAlive(true);
        if (trust != null) {
            options.setTrustOptions(trust);
        }
        PoolOptions pool = new PoolOptions().setHttp1MaxSize(PROBES).setCleanerPeriod(1000);
        return vertx.httpClientBuilder().with(options).with(pool).build();
    }

    /** For probes: no connection is kept. */
    public static HttpClientAgent probeClient(Vertx vertx, ProxySettings settings) {
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(false)
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setVerifyHost(true)
                .setForceSni(true);
        options.setConnectTimeout((int) settings.connectTimeout().toMillis()).setTcpNoDelay(true);
        return vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp1MaxSize(PROBES))
                .build();
    }
}
