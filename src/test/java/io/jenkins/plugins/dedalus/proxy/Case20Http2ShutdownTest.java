package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Case 20 over HTTP/2: a good-bye at once, running streams end well, what outlasts the drain does not look whole. */
class Case20Http2ShutdownTest {
    private static final String OTHER = "pr-2.previews.example.net";
    /** Within a first window. */
    private static final int LARGE = 60_000;

    @TempDir
    Path directory;

    private final CountDownLatch finish = new CountDownLatch(1);
    private RawUpstream upstream;
    private TestProxy proxy;
    private RawHttp2 client;
    private int port;

    @BeforeEach
    void start() throws Exception {
        upstream = new RawUpstream((request, out) -> {
            if (request.target().equals("/stream")) {
                RawUpstream.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                finish.await(60, TimeUnit.SECONDS);
                RawUpstream.write(out, "2\r\ncd\r\n0\r\n\r\n");
            } else if (request.target().equals("/large")) {
                RawUpstream.respond(out, 200, "x".repeat(LARGE));
            } else {
                RawUpstream.respond(out, 200, "took " + request.body().length);
            }
        });
        proxy = TestProxy.awake(upstream);
        proxy.directory.put(TestProxy.route(OTHER, "dm-2", upstream.uri()).build());
        port = proxy.tls(directory);
        client = new RawHttp2(port);
    }

    @AfterEach
    void stop() throws Exception {
        finish.countDown();
        client.close();
        proxy.close();
        upstream.close();
    }

    private int runningStream() throws Exception {
        int stream = client.get(TestProxy.HOST, "/stream");
        while (client.stream(stream).received() < 2) {
            assertThat(client.read()).isNotNull();
        }
        return stream;
    }

    @Test
    void case20_runningStreamsAndWaitersEndWellAfterTheGoodBye() throws Exception {
        int stream = runningStream();
        int upload = client.post(TestProxy.HOST, "/upload");
        client.data(upload, new byte[1000], false);
        int waiter = client.get(OTHER, "/");
        await().until(() -> proxy.metrics.waiters.get() == 1);

        Future<Void> closed = proxy.proxy.close(Duration.ofSeconds(15));

        while (client.goAway == null) {
            assertThat(client.read()).isNotNull();
        }
        assertThat(client.goAway).as("no error").isZero();
        assertThat(client.lastServed).isGreaterThanOrEqualTo(waiter);
        client.data(upload, new byte[1000], true);
        assertThat(client.await(upload).text()).isEqualTo("took 2000");
        proxy.waker.complete("dm-2");
        assertThat(client.await(waiter).text()).isEqualTo("took 0");
        finish.countDown();
        assertThat(client.await(stream).ended).isTrue();
        assertThat(client.stream(stream).text()).isEqualTo("abcd");
        while (client.read() != null) {
            // Until the connection ends.
        }
        TestProxy.await(closed);
        await().until(() -> upstream.openConnections() == 0);
    }

    @Test
    void case20_aSlowViewerGetsAllOfTheLastStream() throws Exception {
        // So small that most of the answer is still on our side when the connection is ended.
        Socket narrow = new Socket();
        narrow.setReceiveBufferSize(4096);
        narrow.connect(new InetSocketAddress("127.0.0.1", port));
        Future<Void> closed;
        try (RawHttp2 slow = new RawHttp2(Certificates.secure(narrow, "h2"))) {
            int stream = slow.get(TestProxy.HOST, "/large");
            await().until(() -> proxy.metrics.finished.get() == 1);

            closed = proxy.proxy.close(Duration.ofSeconds(15));

            assertThat(slow.await(stream).ended).isTrue();
            assertThat(slow.stream(stream).received()).isEqualTo(LARGE);
            while (slow.read() != null) {
                // Until the connection ends.
            }
            assertThat(slow.goAway).isZero();
            assertThat(slow.answered)
                    .as("nothing that the viewer says is answered with a reset")
                    .isTrue();
        }
        TestProxy.await(closed);
    }

    @Test
    void case20_aConnectionWithoutStreamsIsEndedAtOnce() throws Exception {
        assertThat(client.await(client.get(TestProxy.HOST, "/")).status()).isEqualTo(200);

        Future<Void> closed = proxy.proxy.close(Duration.ofSeconds(15));

        while (client.read() != null) {
            // Until the connection ends.
        }
        assertThat(client.goAway).isZero();
        TestProxy.await(closed);
    }

    @Test
    void case20_whatOutlastsTheDrainIsToldOrCut() throws Exception {
        int stream = runningStream();
        int waiter = client.get(OTHER, "/");
        await().until(() -> proxy.metrics.waiters.get() == 1);

        Future<Void> closed = proxy.proxy.close(Duration.ofMillis(300));

        assertThat(client.await(waiter).status()).isEqualTo(503);
        assertThat(client.stream(waiter).headers.get("retry-after")).hasToString("1");
        assertThat(client.await(stream).ended).as("a clean end").isFalse();
        assertThat(client.stream(stream).text()).isEqualTo("ab");
        TestProxy.await(closed);
        // It sees that its viewer is gone when it writes.
        finish.countDown();
        await().until(() -> upstream.openConnections() == 0);
    }
}
