package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.spi.AccessLog;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The data plane's half of case 18: a permission that ends cuts open streams; and the access log knows who it was. */
class RevocationTest {
    @Test
    void case18_aWithdrawnPermissionCutsStreamsAndWebSockets() throws Exception {
        CompletableFuture<Void> revoked = new CompletableFuture<>();
        Decision admit = new Decision.Admit("ann", Set.of(), Set.of(), List.of(), revoked);
        List<AccessLog.Entry> entries = new CopyOnWriteArrayList<>();
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    if (request.header("Upgrade") != null) {
                        RawUpstream.write(out, WebSockets.accept(request));
                    } else {
                        RawUpstream.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
                    }
                    request.in().read();
                });
                TestProxy proxy = new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE), settings -> settings, builder -> builder.accessLog(
                                        entries::add)
                                .gatekeeper(request -> CompletableFuture.completedStage(admit)))) {
            proxy.route(upstream.uri());
            try (RawClient stream = proxy.client();
                    RawClient socket = proxy.client()) {
                stream.get(TestProxy.HOST, "/events?token=secret").head();
                RawClient.readChunk(stream.in());
                socket.send(WebSockets.handshake(TestProxy.HOST, "/ws")).head();

                revoked.complete(null);

                assertThat(stream.isClosedByPeer()).isTrue();
                assertThat(socket.isClosedByPeer()).isTrue();
            }
            await().until(() -> upstream.openConnections() == 0);
            await().until(() -> proxy.metrics.failed(ProxyMetrics.Cause.REVOKED) == 2 && entries.size() == 2);
            assertThat(entries).hasSize(2).allSatisfy(entry -> {
                assertThat(entry.viewer()).isEqualTo("ann");
                assertThat(entry.previewId()).isEqualTo("pr-1");
                assertThat(entry.cause()).isEqualTo(ProxyMetrics.Cause.REVOKED);
                assertThat(entry.toString()).doesNotContain("secret");
            });
            assertThat(entries).extracting(AccessLog.Entry::status).containsExactlyInAnyOrder(200, 101);
        }
    }
}
