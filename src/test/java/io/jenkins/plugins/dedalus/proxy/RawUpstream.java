package io.jenkins.plugins.dedalus.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream made of bytes: a test sees exactly what arrived and says exactly what goes back. */
public final class RawUpstream implements AutoCloseable {
    /** Answers one request; whatever it writes goes out as it is. */
    @FunctionalInterface
    public interface Script {
        void answer(Request request, OutputStream out) throws IOException, InterruptedException;
    }

    /** A request's head as it arrived, and the connection it arrived on, its body still unread. */
    public record Request(String head, InputStream in, Socket socket) {
        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        String target() {
            return line().split(" ")[1];
        }

        String method() {
            return line().split(" ")[0];
        }

        public List<String> all(String name) {
            return head.lines()
                    .skip(1)
                    .filter(line -> line.toLowerCase().startsWith(name.toLowerCase() + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }

        public String header(String name) {
            List<String> all = all(name);
            return all.isEmpty() ? null : all.get(0);
        }

        byte[] body() throws IOException {
            if (header("Content-Length") != null) {
                return in.readNBytes(Integer.parseInt(header("Content-Length")));
            }
            return "chunked".equalsIgnoreCase(header("Transfer-Encoding")) ? RawClient.readChunked(in) : new byte[0];
        }
    }

    /** Where readiness probes of a test's routes go: they come when they come, and count nowhere. */
    static final String PROBE = "/.probe";

    private final ServerSocket server;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    public RawUpstream(Script script) throws IOException {
        this(script, 0);
    }

    RawUpstream(Script script, int port) throws IOException {
        this.script = script;
        this.server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
        thread(this::accept);
    }

    /** Answers everything with 200 and this text. */
    public static RawUpstream saying(String text) throws IOException {
        return new RawUpstream((request, out) -> {
            request.body();
            respond(out, 200, text);
        });
    }

    public static void respond(OutputStream out, int status, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\nContent-Length: " + bytes.length + "\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        whole.write(bytes);
        out.write(whole.toByteArray());
        out.flush();
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    public int port() {
        return server.getLocalPort();
    }

    List<Request> requests() {
        return requests;
    }

    public Request last() {
        return requests.get(requests.size() - 1);
    }

    public int accepted() {
        return accepted.get();
    }

    public int openConnections() {
        return open.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                open.add(socket);
                thread(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
            String head = RawClient.readHead(in);
            while (head != null) {
                Request request = new Request(head, in, socket);
                if (!request.target().equals(PROBE)) {
                    requests.add(request);
                }
                script.answer(request, socket.getOutputStream());
                head = socket.isClosed() ? null : RawClient.readHead(in);
            }
        } catch (SocketException e) {
            // The other end left, which is what some tests want.
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            open.remove(socket);
        }
    }

    /** Closes a connection so that its peer gets a reset. */
    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "raw-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
