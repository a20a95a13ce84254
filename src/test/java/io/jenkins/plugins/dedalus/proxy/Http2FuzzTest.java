package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.io.LibraryLogs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@link FuzzTest}, by HTTP/2: mutated frames of a viewer with a strict app behind, and an app's mutated answers on their
 * way to a viewer by HTTP/2.
 */
class Http2FuzzTest {
    private static final int CASES = Mutations.cases(150);
    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\n\r\n";

    @TempDir
    Path directory;

    /** As the router does. */
    @BeforeAll
    static void tameTheLibraries() {
        LibraryLogs.tame();
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        return frame.put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static byte[] head(String method, String path, String... more) {
        String[] fields = new String[8 + more.length];
        System.arraycopy(
                new String[] {":method", method, ":scheme", "https", ":authority", TestProxy.HOST, ":path", path},
                0,
                fields,
                0,
                8);
        System.arraycopy(more, 0, fields, 8, more.length);
        return RawHttp2.fields(fields);
    }

    /** Three requests on one connection, each with a path of its own; one hides another request in header and body. */
    private static byte[] conversation(int number) {
        // No mutation of one name is another one.
        String own = String.format("%08x", number * 0x9e3779b1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] hidden = HIDDEN.getBytes(StandardCharsets.US_ASCII);
        int whole = RawHttp2.END_HEADERS | RawHttp2.END_STREAM;
        out.writeBytes(frame(RawHttp2.SETTINGS, 0, 0, new byte[0]));
        out.writeBytes(frame(RawHttp2.HEADERS, whole, 1, head("GET", "/a" + own, "x-a", "b")));
        out.writeBytes(frame(
                RawHttp2.HEADERS,
                RawHttp2.END_HEADERS,
                3,
                head("POST", "/b" + own, "content-length", Integer.toString(hidden.length))));
        out.writeBytes(frame(RawHttp2.DATA, RawHttp2.END_STREAM, 3, hidden));
        out.writeBytes(frame(RawHttp2.PING, 0, 0, new byte[8]));
        out.writeBytes(frame(
                RawHttp2.HEADERS, RawHttp2.END_HEADERS, 5, head("PUT", "/c" + own, "x-b", "c", "te", "trailers")));
        out.writeBytes(frame(RawHttp2.DATA, 0, 5, hidden));
        out.writeBytes(frame(RawHttp2.HEADERS, whole, 5, RawHttp2.fields("x-c", "d")));
        out.writeBytes(frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 1, 0}));
        return out.toByteArray();
    }

    /** Says all of it, and that no more comes; reads until the router has ended the connection. */
    private static void converse(int port, byte[] bytes, String what) throws Exception {
        try (SSLSocket socket = Certificates.connect(port, "h2")) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            // A good-bye in frames may end up within a mutated one; the end of TLS' stream may not.
            socket.shutdownOutput();
            assertThat(ends(socket)).as("it ends: %s", what).isTrue();
        } catch (IOException e) {
            assertThat(e).as(what).isNotInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    private static boolean ends(SSLSocket socket) throws IOException {
        return socket.getInputStream().readAllBytes() != null;
    }

    @Test
    void noFrameBecomesARequestOfItsOwn() throws Exception {
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (LoudLog log = new LoudLog();
                StrictApp app = new StrictApp();
                TestProxy proxy = app.proxy()) {
            int port = proxy.tls(directory);
            for (int i = 0; i < CASES; i++) {
                Random random = new Random(Mutations.SEED + i);
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                // The preface too, now and then.
                out.writeBytes(random.nextInt(10) == 0 ? Mutations.of(preface, random) : preface);
                out.writeBytes(Mutations.of(conversation(i), random));
                String what = "seed " + (Mutations.SEED + i);

                converse(port, out.toByteArray(), what);

                assertThat(app.wrong()).as(what).isEmpty();
                assertThat(app.arrived()).as(what).noneMatch(target -> target.startsWith("/hidden"));
            }
            try (RawHttp2 client = new RawHttp2(port)) {
                assertThat(client.await(client.get(TestProxy.HOST, "/alive")).text())
                        .isEqualTo("ok");
            }
            // What has a body is sent once, whatever becomes of it.
            Map<String, Long> times = app.arrived().stream()
                    .filter(target -> target.startsWith("/b") || target.startsWith("/c"))
                    .collect(Collectors.groupingBy(target -> target, Collectors.counting()));
            assertThat(times).allSatisfy((target, count) -> assertThat(count).isEqualTo(1));
            assertThat(log.loud()).isEmpty();
        }
    }

    @Test
    void noAnswerIsAnotherStreams() throws Exception {
        try (LoudLog log = new LoudLog();
                StrictApp app = new StrictApp();
                TestProxy proxy = app.proxy();
                RawHttp2 client = new RawHttp2(proxy.tls(directory))) {
            for (int i = 0; i < CASES; i++) {
                Random random = new Random(Mutations.SEED + i);
                app.answer = Mutations.of(FuzzTest.ANSWERS.get(random.nextInt(FuzzTest.ANSWERS.size())), random);
                String what = "seed " + (Mutations.SEED + i) + ": " + app.answer;

                RawHttp2.Stream stream = client.await(client.get(TestProxy.HOST, "/a" + i));
                assertThat(stream.over()).as(what).isTrue();
                assertThat(stream.reset != null || stream.status() >= 200)
                        .as(what)
                        .isTrue();

                app.answer = StrictApp.SOUND;
                RawHttp2.Stream next = client.await(client.get(TestProxy.HOST, "/next"));
                assertThat(next.status()).as("after " + what).isEqualTo(200);
                assertThat(next.text()).as("after " + what).isEqualTo("ok");
            }
            assertThat(client.goAway).isNull();
            assertThat(app.wrong()).isEmpty();
            assertThat(log.loud()).isEmpty();
        }
    }
}
