package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Case 20: going down with everything open, and coming through an abort storm. */
class Case20ShutdownTest {
    @Test
    void case20_streamsAndWaitersAreDrainedAndWebSocketsClosedWith1001() throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    switch (request.target()) {
                        case "/ws" -> {
                            RawUpstream.write(out, WebSockets.accept(request));
                            WebSockets.Frame frame = WebSockets.read(request.in());
                            assertThat(frame.closeCode()).isEqualTo(1001);
                            finish.await(60, TimeUnit.SECONDS);
                        }
                        case "/stream" -> {
                            RawUpstream.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                            finish.await(60, TimeUnit.SECONDS);
                            RawUpstream.write(out, "2\r\ncd\r\n0\r\n\r\n");
                        }
                        default -> RawUpstream.respond(out, 200, "awake");
                    }
                });
                RawUpstream asleep = RawUpstream.saying("woken");
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient socket = proxy.client();
                RawClient stream = proxy.client();
                RawClient waiter = proxy.client();
                RawClient idle = proxy.client()) {
            proxy.directory.put(TestProxy.route("pr-2.previews.example.net", "dm-2", asleep.uri())
                    .build());
            socket.send(WebSockets.handshake(TestProxy.HOST, "/ws"));
            assertThat(socket.head()).startsWith("HTTP/1.1 101");
            stream.get(TestProxy.HOST, "/stream");
            stream.head();
            assertThat(RawClient.readChunk(stream.in())).isEqualTo("ab".getBytes(StandardCharsets.US_ASCII));
            waiter.get("pr-2.previews.example.net", "/");
            assertThat(idle.get(TestProxy.HOST, "/").response().status()).isEqualTo(200);
            await().until(() -> proxy.metrics.waiters.get() == 1);

            Future<Void> closed = proxy.proxy.close(Duration.ofMinutes(1));

            assertThat(WebSockets.read(socket.in()).closeCode()).isEqualTo(1001);
            assertThat(idle.isClosedByPeer()).isTrue();
            await().untilAsserted(() -> assertThat(refused(proxy.port)).isTrue());
            proxy.waker.complete("dm-2");
            assertThat(waiter.response().text()).isEqualTo("woken");
            finish.countDown();
            assertThat(RawClient.readChunk(stream.in())).isEqualTo("cd".getBytes(StandardCharsets.US_ASCII));
            assertThat(RawClient.readChunk(stream.in())).isEmpty();
            TestProxy.await(closed);
            await().until(() -> upstream.openConnections() == 0);
        }
    }

    @Test
    void case20_whatOutlastsTheDrainIsToldOrCut() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    RawUpstream.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                    request.in().read();
                });
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient stream = proxy.client();
                RawClient waiter = proxy.client()) {
            proxy.directory.put(TestProxy.route("pr-2.previews.example.net", "dm-2", upstream.uri())
                    .build());
            stream.get(TestProxy.HOST, "/");
            stream.head();
            RawClient.readChunk(stream.in());
            waiter.get("pr-2.previews.example.net", "/");
            await().until(() -> proxy.metrics.waiters.get() == 1);

            Future<Void> closed = proxy.proxy.close(Duration.ofMillis(200));

            RawClient.Response told = waiter.response();
            assertThat(told.status()).isEqualTo(503);
            assertThat(told.header("Retry-After")).isEqualTo("1");
            // Not a clean end: the last chunk never comes.
            assertThat(stream.isClosedByPeer()).isTrue();
            TestProxy.await(closed);
            await().until(() -> upstream.openConnections() == 0);
        }
    }

    @Test
    void case20_aCloseFrameIsNeverPutIntoTheMiddleOfAMessage() throws Exception {
        CountDownLatch more = new CountDownLatch(1);
        byte[] message = new byte[100_000];
        new Random(20).nextBytes(message);
        byte[] frame = WebSockets.frame(WebSockets.BINARY, message, false);
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    RawUpstream.write(out, WebSockets.accept(request));
                    out.write(frame, 0, 50_000);
                    out.flush();
                    more.await(60, TimeUnit.SECONDS);
                    out.write(frame, 50_000, frame.length - 50_000);
                    out.write(WebSockets.frame(WebSockets.TEXT, new byte[3], false));
                    out.flush();
                    request.in().readAllBytes();
                });
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.send(WebSockets.handshake(TestProxy.HOST, "/"));
            client.head();
            byte[] start = client.in().readNBytes(50_000);

            Future<Void> closed = proxy.proxy.close(Duration.ofMinutes(1));
            await().untilAsserted(() -> assertThat(refused(proxy.port)).isTrue());
            more.countDown();

            byte[] rest = client.in().readNBytes(frame.length - 50_000);
            byte[] whole = java.util.Arrays.copyOf(start, frame.length);
            System.arraycopy(rest, 0, whole, 50_000, rest.length);
            assertThat(whole).isEqualTo(frame);
            assertThat(WebSockets.read(client.in()).closeCode()).isEqualTo(1001);
            assertThat(client.isClosedByPeer()).isTrue();
            TestProxy.await(closed);
        }
    }

    private static boolean refused(int port) throws IOException {
        try {
            new RawClient(port).close();
            return false;
        } catch (ConnectException e) {
            return true;
        }
    }

    @Test
    void case20_noUpstreamConnectionLeaksInAnAbortStorm() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    RawUpstream.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
                    request.in().read();
                });
                TestProxy proxy = new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE),
                        // Connections that nobody used are kept for a moment: that is no leak.
                        settings -> settings.keepAliveTimeout(Duration.ofSeconds(1)),
                        builder -> builder)) {
            proxy.route(upstream.uri());
            Random random = new Random(20);
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                RawClient client = proxy.client();
                clients.add(client);
                switch (i % 4) {
                    case 0 -> client.get(TestProxy.HOST, "/stream");
                    case 1 ->
                        client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 99\r\n\r\nx");
                    case 2 -> client.send(WebSockets.handshake(TestProxy.HOST, "/"));
                    default -> client.send("GET / HT");
                }
                if (random.nextBoolean()) {
                    RawUpstream.reset(
                            clients.remove(random.nextInt(clients.size())).socket());
                }
            }
            for (RawClient client : clients) {
                RawUpstream.reset(client.socket());
            }
            await().untilAsserted(() -> {
                assertThat(proxy.metrics.inFlight.get()).isZero();
                assertThat(proxy.metrics.tunnels.get()).isZero();
                assertThat(proxy.metrics.upstreamConnections.get()).isZero();
                assertThat(upstream.openConnections()).isZero();
            });
        }
    }
}
