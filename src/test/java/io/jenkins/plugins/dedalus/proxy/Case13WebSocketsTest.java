package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Case 13: WebSockets, also to a machine that sleeps. */
class Case13WebSocketsTest {
    @Test
    void case13_aWebSocketToASleepingMachineCarriesEveryKindOfFrame() throws Exception {
        try (RawUpstream upstream = WebSockets.echo();
                TestProxy proxy = new TestProxy(new FakeWaker()).route(upstream.uri());
                RawClient client = proxy.client()) {
            client.send(WebSockets.handshake(
                    TestProxy.HOST,
                    "/hmr?token=1",
                    "Sec-WebSocket-Protocol: vite-hmr",
                    "Origin: http://" + TestProxy.HOST));
            await().until(() -> proxy.metrics.waiters.get() == 1);
            proxy.waker.complete(TestProxy.MACHINE);

            String head = client.head();
            assertThat(head)
                    .startsWith("HTTP/1.1 101")
                    .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                    .containsIgnoringCase("sec-websocket-protocol: vite-hmr");
            RawUpstream.Request seen = upstream.last();
            assertThat(seen.target()).isEqualTo("/hmr?token=1");
            assertThat(seen.header("Sec-WebSocket-Protocol")).isEqualTo("vite-hmr");
            assertThat(seen.header("Connection")).isEqualTo("Upgrade");
            assertThat(seen.header("Origin")).isEqualTo("http://127.0.0.1:" + upstream.port());

            client.send(WebSockets.frame(WebSockets.TEXT, "hello".getBytes(StandardCharsets.UTF_8), true));
            assertThat(WebSockets.read(client.in()).text()).isEqualTo("hello");
            client.send(WebSockets.frame(WebSockets.PING, new byte[] {7}, true));
            WebSockets.Frame pong = WebSockets.read(client.in());
            assertThat(pong.opcode()).isEqualTo(WebSockets.PONG);
            byte[] big = new byte[1024 * 1024];
            new Random(13).nextBytes(big);
            client.send(WebSockets.frame(WebSockets.BINARY, big, true));
            assertThat(WebSockets.read(client.in()).payload()).isEqualTo(big);
            assertThat(proxy.metrics.tunnels.get()).isEqualTo(1);

            client.send(WebSockets.close(4000, true));
            assertThat(WebSockets.read(client.in()).closeCode()).isEqualTo(4000);
            assertThat(client.isClosedByPeer()).isTrue();
            await().until(() -> proxy.metrics.tunnels.get() == 0 && proxy.metrics.upstreamConnections.get() == 0);
        }
    }

    @Test
    void case13_framesSentRightBehindTheHandshakeAnswerArrive() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    byte[] frame = WebSockets.frame(WebSockets.TEXT, "first".getBytes(StandardCharsets.UTF_8), false);
                    RawUpstream.write(out, WebSockets.accept(request) + new String(frame, StandardCharsets.ISO_8859_1));
                    request.in().read();
                });
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.send(WebSockets.handshake(TestProxy.HOST, "/"));

            assertThat(client.head()).startsWith("HTTP/1.1 101");
            assertThat(WebSockets.read(client.in()).text()).isEqualTo("first");
        }
    }

    @Test
    void case13_anUpstreamThatStopsWithinAFrameIsCutAtTheIdleLimit() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    byte[] frame = WebSockets.frame(WebSockets.TEXT, new byte[100], false);
                    String half = new String(frame, 0, 50, StandardCharsets.ISO_8859_1);
                    RawUpstream.write(out, WebSockets.accept(request) + half);
                    while (request.in().read() >= 0) {
                        // Whatever the viewer says, nothing more comes.
                    }
                });
                TestProxy proxy = new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE),
                        settings -> settings.idleTimeout(Duration.ofMillis(300)),
                        builder -> builder);
                RawClient client = proxy.route(upstream.uri()).client()) {
            client.send(WebSockets.handshake(TestProxy.HOST, "/"));
            assertThat(client.head()).startsWith("HTTP/1.1 101");

            await().until(() -> proxy.metrics.tunnels.get() == 0);
            await().until(() -> proxy.metrics.upstreamConnections.get() == 0);
        }
    }

    @Test
    void case13_anUpstreamRefusalArrivesWithItsStatusAndBody() throws Exception {
        try (RawUpstream upstream = new RawUpstream(
                        (request, out) -> RawUpstream.respond(out, 403, "no such channel", "X-Why: tests"));
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            RawClient.Response refusal =
                    client.send(WebSockets.handshake(TestProxy.HOST, "/")).response();

            assertThat(refusal.status()).isEqualTo(403);
            assertThat(refusal.text()).isEqualTo("no such channel");
            assertThat(refusal.header("X-Why")).isEqualTo("tests");
            // The viewer's connection is still good for something else.
            assertThat(client.get(TestProxy.HOST, "/").response().status()).isEqualTo(403);
        }
    }

    @Test
    void case13_otherUpgradesAreNotTunnelled() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("plain");
                TestProxy proxy = TestProxy.awake(upstream)) {
            RawClient.Response response = proxy.get(
                    "/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__");

            assertThat(response.status()).isEqualTo(200);
            assertThat(upstream.last().header("Upgrade")).isNull();
            assertThat(upstream.last().header("HTTP2-Settings")).isNull();
        }
    }

    @Test
    void case13_aSlowReaderHoldsTheUpstreamBack() throws Exception {
        AtomicLong written = new AtomicLong();
        long size = 256L * 1024 * 1024;
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    RawUpstream.write(out, WebSockets.accept(request));
                    byte[] frame = WebSockets.frame(WebSockets.BINARY, new byte[1024 * 1024 - 10], false);
                    while (written.get() < size) {
                        out.write(frame);
                        written.addAndGet(frame.length);
                    }
                    request.socket().close();
                });
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.send(WebSockets.handshake(TestProxy.HOST, "/"));
            assertThat(client.head()).startsWith("HTTP/1.1 101");
            assertThat(Memory.standstill(written::get)).isLessThan(Memory.sockets());

            long read = 0;
            WebSockets.Frame frame = WebSockets.read(client.in());
            while (frame != null) {
                read += frame.payload().length + 10;
                frame = WebSockets.read(client.in());
            }
            // Nothing of what the upstream sent before it left is lost.
            assertThat(read).isEqualTo(written.get());
        }
    }

    @Test
    void case13_eitherEndsDeathEndsTheOther() throws Exception {
        List<RawUpstream.Request> open = new CopyOnWriteArrayList<>();
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    open.add(request);
                    RawUpstream.write(out, WebSockets.accept(request));
                    request.in().read();
                });
                TestProxy proxy = TestProxy.awake(upstream)) {
            try (RawClient client = proxy.client()) {
                client.send(WebSockets.handshake(TestProxy.HOST, "/"));
                client.head();
                RawUpstream.reset(open.get(0).socket());
                assertThat(client.isClosedByPeer()).isTrue();
            }
            RawClient client = proxy.client();
            client.send(WebSockets.handshake(TestProxy.HOST, "/"));
            client.head();
            RawUpstream.reset(client.socket());
            await().until(() -> upstream.openConnections() == 0);
            await().until(() -> proxy.metrics.tunnels.get() == 0);
        }
    }

    @Test
    void case13_anUpstreamThatIsGoneAsSoonAsItAcceptsLeavesNoViewerWaiting() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    byte[] frame = WebSockets.frame(WebSockets.TEXT, new byte[10], false);
                    RawUpstream.write(out, WebSockets.accept(request) + new String(frame, StandardCharsets.ISO_8859_1));
                    RawUpstream.reset(request.socket());
                });
                TestProxy proxy = TestProxy.awake(upstream)) {
            for (int i = 0; i < 50; i++) {
                try (RawClient client = proxy.client()) {
                    client.send(WebSockets.handshake(TestProxy.HOST, "/"));
                    String head = client.head();
                    if (head != null && head.startsWith("HTTP/1.1 101")) {
                        client.drain();
                    }
                }
            }
            await().until(() -> proxy.metrics.tunnels.get() == 0 && proxy.metrics.upstreamConnections.get() == 0);
        }
    }

    @Test
    void case13_aMessageToAFrozenMachineHasItWokenAndIsAnsweredOnTheSameSocket() throws Exception {
        CountDownLatch frozen = new CountDownLatch(1);
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    RawUpstream.write(out, WebSockets.accept(request));
                    WebSockets.Frame frame = WebSockets.read(request.in());
                    frozen.await();
                    out.write(WebSockets.frame(WebSockets.TEXT, frame.payload(), false));
                    out.flush();
                    request.in().read();
                });
                TestProxy proxy = new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE),
                        settings -> settings.doubtAfter(Duration.ofMillis(200)),
                        builder -> builder)) {
            proxy.route(upstream.uri());
            proxy.waker.onWake(route -> {
                frozen.countDown();
                proxy.waker.complete(route.machineId());
            });
            try (RawClient client = proxy.client()) {
                client.send(WebSockets.handshake(TestProxy.HOST, "/"));
                client.head();
                await().pollDelay(Duration.ofMillis(200)).until(() -> true);

                client.send(WebSockets.frame(WebSockets.TEXT, new byte[] {66}, true));

                assertThat(WebSockets.read(client.in()).text()).isEqualTo("B");
            }
            assertThat(proxy.waker.started()).isEqualTo(1);
        }
    }
}
