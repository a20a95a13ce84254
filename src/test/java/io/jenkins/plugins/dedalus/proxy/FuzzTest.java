package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Mutated heads and chunks, sent by a viewer or answered by an app, with a strict app behind that notes what arrives. Each
 * case follows from its seed, which the failure names. No request becomes two, nothing crashes or hangs, and the log is quiet.
 */
class FuzzTest {
    private static final int CASES = Integer.getInteger("dedalus.fuzz.cases", 400);
    private static final long SEED = Long.getLong("dedalus.fuzz.seed", 20261127);

    private static final List<String> SEEDS = List.of(
            "GET /#ID HTTP/1.1\r\nHost: HOST\r\nX-A: b\r\n\r\n",
            "POST /#ID HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\nhello",
            "POST /#ID HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\n\r\n",
            "PUT /#ID HTTP/1.1\r\nHost: HOST\r\nConnection: keep-alive, X-B\r\nX-B: c\r\nContent-Length: 0\r\n\r\n",
            "GET http://HOST/#ID HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "POST /#ID HTTP/1.1\r\nHost: HOST\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
            "GET /#ID HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n");

    private static final List<String> ANSWERS = List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 None\r\nX-A: b\r\n\r\n",
            "HTTP/1.1 304 Same\r\nETag: \"x\"\r\n\r\n",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok");

    private static final String SOUND = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static final List<String> PIECES = List.of(
            "\r\n",
            "\n",
            "\r",
            "\0",
            " ",
            "\t",
            ":",
            ",",
            ";",
            "\"",
            "0\r\n\r\n",
            "Content-Length: 3\r\n",
            "Content-Length: 03\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding:\u000bchunked\r\n",
            "transfer-encoding : chunked\r\n",
            "Host: other.example.net\r\n",
            "Connection: close\r\n",
            "GET /smuggled-#ID HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "ffffffff",
            "10000000000000005",
            "-1",
            "\u00ff");

    private static final Pattern LINE = Pattern.compile("[A-Z!#$%&'*+.^_`|~0-9a-z-]+ (/[!-~]*) HTTP/1\\.1");

    private final Queue<String> loud = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Queue<String> arrived = new ConcurrentLinkedQueue<>();

    private String mutated(String seed, Random random) {
        StringBuilder text = new StringBuilder(seed);
        for (int i = random.nextInt(3) + 1; i > 0; i--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(4));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.setCharAt(at, (char) random.nextInt(256));
                case 3 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                default -> {
                    int line = text.indexOf("\r\n", at);
                    text.insert(line < 0 ? at : line + 2, PIECES.get(random.nextInt(PIECES.size())));
                }
            }
        }
        return text.toString();
    }

    private Handler listening() {
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().intValue() > Level.FINE.intValue()) {
                    loud.add(entry.getLevel() + " " + entry.getLoggerName() + ": " + entry.getMessage() + " "
                            + entry.getThrown());
                }
            }

            @Override
            public void flush() {
                // Nothing is held back.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        Logger.getLogger("").addHandler(handler);
        return handler;
    }

    /** Reads strictly: whatever isn't exactly one well-formed request after another is wrong. */
    private final class StrictApp implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        private volatile String answer = SOUND;

        StrictApp() throws IOException {
            thread(() -> {
                while (!server.isClosed()) {
                    Socket socket = server.accept();
                    thread(() -> serve(socket));
                }
            });
        }

        private void serve(Socket socket) throws IOException {
            try (socket) {
                InputStream in = new java.io.BufferedInputStream(socket.getInputStream());
                OutputStream out = socket.getOutputStream();
                String head = RawClient.readHead(in);
                while (head != null) {
                    Matcher line = LINE.matcher(head.substring(0, head.indexOf("\r\n")));
                    if (!line.matches() || head.replace("\r\n", "").chars().anyMatch(c -> c < ' ' && c != '\t')) {
                        wrong.add("a head that is none: " + head);
                        return;
                    }
                    arrived.add(line.group(1));
                    List<String> lengths = all(head, "content-length");
                    List<String> encodings = all(head, "transfer-encoding");
                    if (lengths.size() + encodings.size() > 1
                            || all(head, "host").size() != 1) {
                        wrong.add("two readings: " + head);
                        return;
                    }
                    if (!lengths.isEmpty()) {
                        in.readNBytes(Integer.parseInt(lengths.get(0)));
                    } else if (!encodings.isEmpty()) {
                        RawClient.readChunked(in);
                    }
                    out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    out.flush();
                    if (!answer.equals(SOUND)) {
                        // What announces more than it brings ends nevertheless.
                        return;
                    }
                    head = RawClient.readHead(in);
                }
            } catch (SocketException | java.io.EOFException e) {
                // The router gave up on a request that broke off.
            }
        }

        private List<String> all(String head, String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }

        private void thread(Work work) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            work.run();
                        } catch (IOException | RuntimeException e) {
                            if (!server.isClosed()) {
                                wrong.add(e.toString());
                            }
                        }
                    },
                    "strict-app");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** What may break off. */
    private interface Work {
        void run() throws IOException;
    }

    private TestProxy proxy(StrictApp app) {
        return new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE).wakesAtOnce(),
                        settings -> settings,
                        builder -> builder)
                .route(java.net.URI.create("http://127.0.0.1:" + app.server.getLocalPort()));
    }

    /** Reads until the router closes, or has said all it will; it must do so by itself or let itself be closed. */
    private static String exchange(TestProxy proxy, String bytes) throws IOException {
        StringBuilder read = new StringBuilder();
        try (RawClient client = proxy.client()) {
            client.send(bytes);
            client.socket().shutdownOutput();
            client.socket().setSoTimeout(60_000);
            int c = client.in().read();
            while (c >= 0) {
                read.append((char) c);
                c = client.in().read();
            }
        } catch (SocketTimeoutException e) {
            return "HANG " + read;
        } catch (SocketException e) {
            return read + "RESET";
        }
        return read.toString();
    }

    @Test
    void noRequestBecomesTwo() throws Exception {
        Handler handler = listening();
        try (StrictApp app = new StrictApp();
                TestProxy proxy = proxy(app)) {
            for (int i = 0; i < CASES; i++) {
                Random random = new Random(SEED + i);
                String request = mutated(SEEDS.get(random.nextInt(SEEDS.size())), random)
                        .replace("HOST", TestProxy.HOST)
                        .replace("#ID", "r" + i);
                arrived.clear();

                String answer = exchange(proxy, request);

                String what = "seed " + (SEED + i) + ": " + request + "\n->\n" + answer;
                assertThat(answer).as(what).doesNotStartWith("HANG");
                assertThat(wrong).as(what).isEmpty();
                // A whole request in the middle of another is one of the viewer's own; then both are answered.
                String own = "/r" + i;
                String smuggled = "/smuggled-r" + i;
                long asked = arrived.stream()
                        .filter(target -> target.startsWith(own) || target.equals(smuggled))
                        .distinct()
                        .count();
                long answers = Pattern.compile("HTTP/1\\.[01] [2-5]")
                        .matcher(answer)
                        .results()
                        .count();
                assertThat(asked).as(what).isLessThanOrEqualTo(Math.max(1, answers));
                assertThat(arrived.stream().filter(t -> t.equals(smuggled)).count())
                        .as(what)
                        .isLessThanOrEqualTo(request.contains("GET " + smuggled) ? 1 : 0);
            }
            assertThat(proxy.get("/alive").status()).isEqualTo(200);
            assertThat(loud).isEmpty();
        } finally {
            Logger.getLogger("").removeHandler(handler);
        }
    }

    @Test
    void noAnswerIsSomebodyElses() throws Exception {
        Handler handler = listening();
        try (StrictApp app = new StrictApp();
                TestProxy proxy = proxy(app)) {
            for (int i = 0; i < CASES; i++) {
                Random random = new Random(SEED + i);
                app.answer = mutated(ANSWERS.get(random.nextInt(ANSWERS.size())), random);
                String get = (i % 7 == 0 ? "HEAD" : "GET") + " /a" + i + " HTTP/1.1\r\nHost: " + TestProxy.HOST
                        + "\r\nConnection: close\r\n\r\n";
                String answer = exchange(proxy, get);
                assertThat(answer)
                        .as("seed " + (SEED + i) + ": " + app.answer + "\n->\n" + answer)
                        .doesNotStartWith("HANG");
                app.answer = SOUND;
                RawClient.Response next = proxy.get("/next");
                assertThat(next.status()).as("after seed " + (SEED + i)).isEqualTo(200);
                assertThat(next.text()).as("after seed " + (SEED + i)).isEqualTo("ok");
            }
            assertThat(loud).isEmpty();
            assertThat(wrong).isEmpty();
        } finally {
            Logger.getLogger("").removeHandler(handler);
        }
    }
}
