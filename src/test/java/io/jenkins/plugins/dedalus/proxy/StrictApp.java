package io.jenkins.plugins.dedalus.proxy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An app that reads strictly: whatever isn't exactly one well-formed request after another is wrong, and noted. */
final class StrictApp implements AutoCloseable {
    static final String SOUND = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static final Pattern LINE = Pattern.compile("[A-Z!#$%&'*+.^_`|~0-9a-z-]+ (/[!-~]*) HTTP/1\\.1");

    /** What may break off. */
    private interface Work {
        void run() throws IOException;
    }

    private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Queue<String> arrived = new ConcurrentLinkedQueue<>();
    /** What every request gets. */
    volatile String answer = SOUND;

    StrictApp() throws IOException {
        thread(() -> {
            while (!server.isClosed()) {
                Socket socket = server.accept();
                thread(() -> serve(socket));
            }
        });
    }

    /** A proxy in front of it whose machine is awake, or wakes at once. */
    TestProxy proxy() {
        return new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE).wakesAtOnce(),
                        settings -> settings,
                        builder -> builder)
                .route(URI.create("http://127.0.0.1:" + server.getLocalPort()));
    }

    /** Sentences about what should not have come. */
    Queue<String> wrong() {
        return wrong;
    }

    /** The targets of the requests that came, in order. */
    Queue<String> arrived() {
        return arrived;
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
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
                if (lengths.size() + encodings.size() > 1 || all(head, "host").size() != 1) {
                    wrong.add("two readings: " + head);
                    return;
                }
                if (!lengths.isEmpty()) {
                    in.readNBytes(Integer.parseInt(lengths.get(0)));
                } else if (!encodings.isEmpty()) {
                    chunks(in);
                }
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                if (!answer.equals(SOUND)) {
                    // What announces more than it brings ends nevertheless.
                    return;
                }
                head = RawClient.readHead(in);
            }
        } catch (SocketException | EOFException e) {
            // The router gave up on a request that broke off.
        }
    }

    /** Chunks, and the fields behind them. */
    private void chunks(InputStream in) throws IOException {
        int size = Integer.parseInt(line(in), 16);
        while (size > 0) {
            in.readNBytes(size);
            if (!line(in).isEmpty()) {
                wrong.add("a chunk that does not end where it should");
                return;
            }
            size = Integer.parseInt(line(in), 16);
        }
        String field = line(in);
        while (!field.isEmpty()) {
            if (field.indexOf(':') <= 0 || field.chars().anyMatch(c -> c < ' ' && c != '\t')) {
                wrong.add("a trailer that is none: " + field);
                return;
            }
            field = line(in);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c != '\n') {
            if (c < 0) {
                throw new EOFException("The request broke off.");
            }
            line.append((char) c);
            c = in.read();
        }
        return line.substring(0, Math.max(0, line.length() - 1));
    }

    private static List<String> all(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
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
