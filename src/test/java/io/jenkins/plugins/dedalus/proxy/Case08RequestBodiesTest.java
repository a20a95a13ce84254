package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases 8 and 9: a body waits in its socket, is streamed once, and is never sent twice. */
class Case08RequestBodiesTest {
    private static final int HUNDRED_MEGABYTES = 100 * 1024 * 1024;

    @Test
    void case08_aHundredMegabytePostToASleepingMachineIsStreamedOnceWithAFlatHeap() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    posts.incrementAndGet();
                    int length = Integer.parseInt(request.header("Content-Length"));
                    RawUpstream.respond(out, 200, digest(request.in(), length));
                });
                TestProxy proxy = new TestProxy(new FakeWaker()).route(upstream.uri());
                RawClient client = proxy.client()) {
            client.send("POST /upload HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: " + HUNDRED_MEGABYTES
                    + "\r\n\r\n");
            CompletableFuture<String> sent = CompletableFuture.supplyAsync(() -> upload(client, new AtomicLong()));
            await().until(() -> proxy.metrics.waiters.get() == 1);
            System.gc();
            long heapBefore = usedHeap();
            long mostHeap = 0;

            proxy.waker.complete(TestProxy.MACHINE);

            while (!sent.isDone()) {
                mostHeap = Math.max(mostHeap, liveHeap(heapBefore + 32L * 1024 * 1024));
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(client.response().text()).isEqualTo(sent.get());
            assertThat(posts.get()).isEqualTo(1);
            assertThat(mostHeap - heapBefore).as("heap growth in bytes").isLessThan(48L * 1024 * 1024);
        }
    }

    @Test
    void case08_theBodyStaysInItsSocketWhileTheMachineSleeps() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (RawUpstream upstream = new RawUpstream((request, out) -> RawUpstream.respond(
                        out, 200, digest(request.in(), Integer.parseInt(request.header("Content-Length")))));
                TestProxy proxy = new TestProxy(new FakeWaker()).route(upstream.uri());
                RawClient client = proxy.client()) {
            long before = Memory.used();
            client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: " + HUNDRED_MEGABYTES
                    + "\r\n\r\n");
            CompletableFuture<String> writer = CompletableFuture.supplyAsync(() -> upload(client, sent));

            assertThat(Memory.standstill(sent::get))
                    .as("bytes that fit into the sockets")
                    .isLessThan(Memory.sockets());
            assertThat(Memory.used() - before).as("bytes held").isLessThan(16L * 1024 * 1024);
            await().until(() -> proxy.metrics.waiters.get() == 1);
            assertThat(upstream.requests()).isEmpty();

            proxy.waker.complete(TestProxy.MACHINE);
            assertThat(client.response().text()).isEqualTo(writer.get());
        }
    }

    @Test
    void case08_anHttp2BodyGetsNoMoreRoomWhileTheMachineSleeps(@TempDir Path directory) throws Exception {
        int size = 10 * RawHttp2.FIRST_WINDOW;
        try (RawUpstream upstream = new RawUpstream((request, out) -> RawUpstream.respond(
                        out, 200, "took " + digest(request.in(), size).length()));
                TestProxy proxy = new TestProxy(new FakeWaker()).route(upstream.uri());
                RawHttp2 client = new RawHttp2(proxy.tls(directory))) {
            int stream = client.open(
                    false,
                    ":method",
                    "POST",
                    ":scheme",
                    "https",
                    ":authority",
                    TestProxy.HOST,
                    ":path",
                    "/",
                    "content-length",
                    Integer.toString(size));
            long sent = client.push(stream, size);
            await().until(() -> proxy.metrics.waiters.get() == 1);

            assertThat(client.push(stream, size)).isZero();
            assertThat(sent).isEqualTo(RawHttp2.FIRST_WINDOW);
            assertThat(client.stream(stream).granted).isZero();
            assertThat(upstream.requests()).isEmpty();

            proxy.waker.complete(TestProxy.MACHINE);
            while (sent < size) {
                sent += client.push(stream, size - sent);
            }
            client.data(stream, new byte[0], true);
            assertThat(client.await(stream).text()).isEqualTo("took 64");
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    private static String upload(RawClient client, AtomicLong sent) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            Random random = new Random(8);
            byte[] piece = new byte[64 * 1024];
            OutputStream out = client.out();
            while (sent.get() < HUNDRED_MEGABYTES) {
                random.nextBytes(piece);
                sha.update(piece);
                out.write(piece);
                sent.addAndGet(piece.length);
            }
            out.flush();
            return HexFormat.of().formatHex(sha.digest());
        } catch (IOException | java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String digest(InputStream in, int length) throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[64 * 1024];
            int left = length;
            while (left > 0) {
                int read = in.read(piece, 0, Math.min(piece.length, left));
                if (read < 0) {
                    return "cut off";
                }
                sha.update(piece, 0, read);
                left -= read;
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long usedHeap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Collects first if there is much garbage, so that what is counted is alive. */
    private static long liveHeap(long much) {
        if (usedHeap() > much) {
            System.gc();
        }
        return usedHeap();
    }

    @Test
    void case08_expectContinueIsAnsweredOnlyOnceTheUpstreamWantsTheBody() throws Exception {
        AtomicReference<String> expected = new AtomicReference<>();
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    if (request.method().equals("PUT")) {
                        expected.set(request.header("Expect"));
                        RawUpstream.write(out, "HTTP/1.1 100 Continue\r\n\r\n");
                    }
                    RawUpstream.respond(out, 200, new String(request.body(), StandardCharsets.UTF_8));
                });
                TestProxy proxy = new TestProxy(new FakeWaker()).route(upstream.uri());
                RawClient client = proxy.client()) {
            client.send("PUT / HTTP/1.1\r\nHost: " + TestProxy.HOST
                    + "\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            await().until(() -> proxy.metrics.waiters.get() == 1);
            assertThat(client.in().available()).isZero();

            proxy.waker.complete(TestProxy.MACHINE);

            assertThat(client.head()).startsWith("HTTP/1.1 100");
            client.send("hello");
            assertThat(client.response().text()).isEqualTo("hello");
            assertThat(expected).hasValue("100-continue");
            assertThat(client.get(TestProxy.HOST, "/again", "Expect: 100-continue")
                            .response()
                            .status())
                    .as("what has no body needs no word")
                    .isEqualTo(200);
        }
    }

    @Test
    void case08_aFinalAnswerInsteadOfContinueIsPassedOnAndTheBodyNeverSent() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) ->
                        RawUpstream.respond(out, request.method().equals("GET") ? 200 : 413, "too big"));
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST
                    + "\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");

            RawClient.Response response = client.response();

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.header("Connection")).isEqualTo("close");
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void case08_anUpstreamThatIgnoresTheExpectationGetsTheBodyAllTheSame() throws Exception {
        try (RawUpstream upstream =
                        new RawUpstream((request, out) -> RawUpstream.respond(out, 200, new String(request.body())));
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST
                    + "\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");

            assertThat(client.head()).startsWith("HTTP/1.1 100");
            client.send("hello");
            assertThat(client.response().text()).isEqualTo("hello");
        }
    }

    @Test
    void case08_aRefusedRequestsBodyIsNotReadToItsEnd() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("x");
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: unknown.example.net\r\nContent-Length: 100000000\r\n\r\nsome");

            assertThat(client.response().status()).isEqualTo(404);
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void case09_anUpstreamThatResetsAfterHalfAPostIs502AndNeverAReplay() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    if (request.method().equals("GET")) {
                        RawUpstream.respond(out, 200, "probed");
                        return;
                    }
                    posts.incrementAndGet();
                    request.in().readNBytes(50_000);
                    RawUpstream.reset(request.socket());
                });
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 100000\r\n\r\n");
            client.send(new byte[60_000]);

            assertThat(client.response().status()).isEqualTo(502);
            assertThat(posts.get()).isEqualTo(1);
            assertThat(proxy.metrics.replayed.get()).isZero();
        }
    }

    @Test
    void case09_aPostWithoutABodyThatWasSentIsNotReplayedEither() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    if (request.method().equals("GET")) {
                        RawUpstream.respond(out, 200, "probed");
                        return;
                    }
                    posts.incrementAndGet();
                    RawUpstream.reset(request.socket());
                });
                TestProxy proxy = TestProxy.awake(upstream)) {
            RawClient.Response response = RawClient.once(
                    proxy.port, "POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 0\r\n\r\n");

            assertThat(response.status()).isEqualTo(502);
            assertThat(posts.get()).isEqualTo(1);
        }
    }

    @Test
    void case09_aViewerThatLeavesMidUploadEndsTheUpstreamRequestToo() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("never");
                TestProxy proxy = TestProxy.awake(upstream)) {
            try (RawClient client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 100000\r\n\r\nhalf");
                await().until(() -> upstream.requests().stream()
                        .anyMatch(request -> request.method().equals("POST")));
            }
            await().until(() -> proxy.metrics.inFlight.get() == 0);
            await().untilAsserted(() -> assertThat(proxy.metrics.failed(ProxyMetrics.Cause.VIEWER_GONE))
                    .isEqualTo(1));
        }
    }

    @Test
    void whatCanBeSentOnceOnlyDoesNotGoOverAConnectionThatTheAppMayBeClosing() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("x");
                TestProxy proxy = new TestProxy(
                                new FakeWaker().awake(TestProxy.MACHINE),
                                settings -> settings.eventLoops(1),
                                builder -> builder)
                        .route(upstream.uri());
                RawClient client = proxy.client()) {
            client.get(TestProxy.HOST, "/");
            client.response();
            long answered = System.nanoTime();
            await().until(() ->
                    System.nanoTime() - answered > Duration.ofMillis(150).toNanos());
            client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 1\r\n\r\nx");

            assertThat(client.response().status()).isEqualTo(200);
            assertThat(upstream.accepted()).isEqualTo(2);
        }
    }

    @Test
    void anAppThatClosesBehindItsAnswersLosesNoPost() throws Exception {
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    request.body();
                    RawUpstream.respond(out, 200, "x");
                    request.socket().close();
                });
                TestProxy proxy = new TestProxy(
                                new FakeWaker().awake(TestProxy.MACHINE).wakesAtOnce(),
                                settings -> settings.eventLoops(1),
                                builder -> builder)
                        .route(upstream.uri());
                RawClient client = proxy.client()) {
            client.get(TestProxy.HOST, "/");
            client.response();
            await().until(() -> proxy.metrics.upstreamConnections.get() == 0);
            for (int i = 0; i < 100; i++) {
                client.get(TestProxy.HOST, "/");
                assertThat(client.response().status()).isEqualTo(200);
                client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 1\r\n\r\nx");
                assertThat(client.response().status()).as("POST %d", i).isEqualTo(200);
            }
        }
    }
}
