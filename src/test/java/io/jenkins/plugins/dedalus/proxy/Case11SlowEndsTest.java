package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Case 11: whichever end is slow, memory is bounded, and other previews are served meanwhile. */
class Case11SlowEndsTest {
    private static final String OTHER = "pr-2.previews.example.net";
    private static final int MEGABYTE = 1024 * 1024;
    /** What the kernel may hold in the sockets on both sides. */
    private static final long SOCKETS = Memory.sockets();

    private static final long MOST_MEMORY = 32L * MEGABYTE;

    @TempDir
    Path directory;

    /** What the upstream has written, and what it has read, of bodies. */
    private final AtomicLong written = new AtomicLong();

    private final AtomicLong read = new AtomicLong();
    private final CountDownLatch mayRead = new CountDownLatch(1);
    private RawUpstream upstream;
    private RawUpstream other;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        upstream = new RawUpstream(this::answer);
        other = new RawUpstream((request, out) -> RawUpstream.respond(
                out, 200, request.method().equals("GET") ? "quick" : "took " + request.body().length));
        proxy = TestProxy.awake(upstream);
        proxy.waker.awake("dm-2");
        proxy.directory.put(TestProxy.route(OTHER, "dm-2", other.uri()).build());
    }

    @AfterEach
    void stop() throws Exception {
        mayRead.countDown();
        proxy.close();
        other.close();
        upstream.close();
    }

    private void answer(RawUpstream.Request request, OutputStream out) throws IOException, InterruptedException {
        switch (request.target().split("=")[0]) {
            case "/big" -> {
                long size = Long.parseLong(request.target().split("=")[1]) * MEGABYTE;
                RawUpstream.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                byte[] piece = new byte[MEGABYTE];
                while (written.get() < size) {
                    out.write(piece);
                    written.addAndGet(piece.length);
                }
            }
            case "/later", "/now" -> {
                if (request.target().startsWith("/later")) {
                    mayRead.await();
                }
                boolean chunked = request.header("Content-Length") == null;
                long size = chunked ? Long.MAX_VALUE : Long.parseLong(request.header("Content-Length"));
                byte[] piece = chunked ? RawClient.readChunk(request.in()) : some(request.in());
                while (piece.length > 0 && read.addAndGet(piece.length) < size) {
                    piece = chunked ? RawClient.readChunk(request.in()) : some(request.in());
                }
                RawUpstream.respond(out, 200, "took " + read.get());
            }
            default -> RawUpstream.respond(out, 200, "probed");
        }
    }

    private static byte[] some(InputStream in) throws IOException {
        byte[] piece = new byte[256 * 1024];
        int length = in.read(piece);
        return java.util.Arrays.copyOf(piece, Math.max(0, length));
    }

    private void othersAreServed() throws IOException {
        for (int i = 0; i < 10; i++) {
            assertThat(RawClient.get(proxy.port, OTHER, "/").text()).isEqualTo("quick");
        }
    }

    @Test
    void case11_aSlowReaderOfAGigabyteIsHeldBack() throws Exception {
        long size = 1024L * MEGABYTE;
        try (RawClient slow = proxy.client()) {
            othersAreServed();
            long before = Memory.used();
            slow.get(TestProxy.HOST, "/big=1024");
            assertThat(slow.head()).startsWith("HTTP/1.1 200");

            assertThat(Memory.standstill(written::get)).isLessThan(SOCKETS);
            assertThat(Memory.used() - before).as("bytes held").isLessThan(MOST_MEMORY);
            othersAreServed();

            skip(slow.in(), size / 2);
            assertThat(Memory.standstill(written::get)).isLessThan(size / 2 + SOCKETS);
            assertThat(Memory.used() - before).as("bytes held half-way").isLessThan(MOST_MEMORY);
            othersAreServed();

            skip(slow.in(), size / 2);
            // It counts a piece only once its write has returned.
            await().untilAsserted(() -> assertThat(written.get()).isEqualTo(size));
        }
    }

    private static void skip(InputStream in, long size) throws IOException {
        byte[] piece = new byte[256 * 1024];
        long left = size;
        while (left > 0) {
            int read = in.read(piece, 0, (int) Math.min(piece.length, left));
            assertThat(read).isPositive();
            left -= read;
        }
    }

    @Test
    void case11_aSlowUpstreamHoldsTheWriterBack() throws Exception {
        long size = 200L * MEGABYTE;
        AtomicLong sent = new AtomicLong();
        try (RawClient client = proxy.client()) {
            othersAreServed();
            long before = Memory.used();
            client.send("POST /later HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: " + size + "\r\n\r\n");
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try {
                    byte[] piece = new byte[MEGABYTE];
                    while (sent.get() < size) {
                        client.out().write(piece);
                        sent.addAndGet(piece.length);
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });

            assertThat(Memory.standstill(sent::get)).isLessThan(SOCKETS);
            assertThat(Memory.used() - before).as("bytes held").isLessThan(MOST_MEMORY);
            othersAreServed();

            mayRead.countDown();
            assertThat(client.response().text()).isEqualTo("took " + size);
            writer.join();
        }
    }

    @Test
    void case11_aSlowWritersPiecesPassAsTheyCome() throws Exception {
        int pieces = 20;
        int length = 50_000;
        try (RawClient slow = proxy.client()) {
            slow.send("POST /now HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: " + pieces * length
                    + "\r\n\r\n");
            for (int i = 1; i <= pieces; i++) {
                int sent = i * length;
                slow.send(new byte[length]);
                await().pollInterval(Duration.ofMillis(5)).until(() -> read.get() == sent);
                assertThat(RawClient.get(proxy.port, OTHER, "/").text()).isEqualTo("quick");
            }
            assertThat(slow.response().text()).isEqualTo("took " + pieces * length);
        }
    }

    @Test
    void case11_anHttp2StreamThatIsNotReadHoldsBackItsUpstreamAlone() throws Exception {
        long size = 80L * MEGABYTE;
        try (RawHttp2 client = new RawHttp2(proxy.tls(directory))) {
            assertThat(client.await(client.get(OTHER, "/")).text()).isEqualTo("quick");
            long before = Memory.used();
            int slow = client.get(TestProxy.HOST, "/big=80");
            client.starve(slow);
            while (client.stream(slow).received() < RawHttp2.FIRST_WINDOW) {
                client.read();
            }

            assertThat(Memory.standstill(written::get)).isLessThan(SOCKETS);
            assertThat(Memory.used() - before).as("bytes held").isLessThan(MOST_MEMORY);
            // On the same connection, as browsers do for all hosts of a certificate.
            for (int i = 0; i < 10; i++) {
                assertThat(client.await(client.get(OTHER, "/")).text()).isEqualTo("quick");
            }
            assertThat(client.stream(slow).received()).isEqualTo(RawHttp2.FIRST_WINDOW);

            client.feed(slow);
            assertThat(client.await(slow).ended).isTrue();
            assertThat(client.stream(slow).received()).isEqualTo(size);
        }
    }

    @Test
    void case11_anHttp2UploadThatNobodyReadsHoldsBackItselfAlone() throws Exception {
        long size = 80L * MEGABYTE;
        long[] sent = {0};
        try (RawHttp2 client = new RawHttp2(proxy.tls(directory))) {
            assertThat(client.await(client.get(OTHER, "/")).text()).isEqualTo("quick");
            long before = Memory.used();
            int slow = client.post(TestProxy.HOST, "/later");
            Memory.holds(() -> {
                long start = sent[0];
                long more = client.push(slow, size - sent[0]);
                while (more > 0) {
                    sent[0] += more;
                    more = client.push(slow, size - sent[0]);
                }
                return sent[0] == start;
            });

            assertThat(sent[0]).isLessThan(SOCKETS);
            assertThat(Memory.used() - before).as("bytes held").isLessThan(MOST_MEMORY);
            int quick = client.post(OTHER, "/");
            assertThat(client.push(quick, 10_000))
                    .as("bytes that another upload may send")
                    .isEqualTo(10_000);
            client.data(quick, new byte[0], true);
            assertThat(client.await(quick).text()).isEqualTo("took 10000");

            mayRead.countDown();
            while (sent[0] < size) {
                sent[0] += client.push(slow, size - sent[0]);
            }
            client.data(slow, new byte[0], true);
            assertThat(client.await(slow).text()).isEqualTo("took " + size);
        }
    }
}
