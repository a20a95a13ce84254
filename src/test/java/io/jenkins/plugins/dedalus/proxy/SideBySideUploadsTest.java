package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases 8 and 11 over HTTP/2: one connection carries uploads that wait for a wake, and others that need not. */
class SideBySideUploadsTest {
    private static final String ASLEEP = "pr-8.previews.example.net";
    private static final int WAITING = 8;
    private static final int BYTES = 300_000;

    @TempDir
    private Path directory;

    @Test
    void case08_uploadsThatWaitForAWakeStopNoOtherUploadOfTheirConnection() throws Exception {
        Certificates.Pem pem = Certificates.selfSigned(directory, "side", TestProxy.HOST);
        Vertx vertx = Vertx.vertx();
        try (RawUpstream upstream = new RawUpstream(
                        (request, out) -> RawUpstream.respond(out, 200, "took " + request.body().length));
                TestProxy proxy = TestProxy.awake(upstream)) {
            proxy.directory.put(TestProxy.route(ASLEEP, "dm-8", upstream.uri()).build());
            int port = TestProxy.await(
                    proxy.proxy.start(ListenOptions.https("127.0.0.1", 0, pem.certificate(), pem.key())));
            HttpClientAgent client = vertx.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setUseAlpn(true)
                    .setSsl(true)
                    .setTrustAll(true)
                    .setVerifyHost(false));
            List<Future<Buffer>> waiting = new ArrayList<>();
            for (int i = 0; i < WAITING; i++) {
                waiting.add(upload(client, port, ASLEEP));
            }
            await().until(() -> proxy.metrics.waiters.get() == WAITING);

            assertThat(TestProxy.await(upload(client, port, TestProxy.HOST)).toString())
                    .isEqualTo("took " + BYTES);

            assertThat(waiting).noneMatch(Future::isComplete);
            proxy.waker.complete("dm-8");
            for (Future<Buffer> each : waiting) {
                assertThat(TestProxy.await(each).toString()).isEqualTo("took " + BYTES);
            }
        } finally {
            TestProxy.await(vertx.close());
        }
    }

    private static Future<Buffer> upload(HttpClientAgent client, int port, String host) {
        RequestOptions to = new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1"))
                .setHost(host)
                .setPort(443)
                .setMethod(HttpMethod.POST)
                .setURI("/");
        // One connection is per host and port: a test's hosts share theirs by their name.
        return client.request(to.setHost(TestProxy.HOST))
                .compose(request -> {
                    request.authority(io.vertx.core.net.HostAndPort.create(host, 443));
                    request.end(Buffer.buffer(new byte[BYTES]));
                    return request.response();
                })
                .compose(HttpClientResponse::body);
    }
}
