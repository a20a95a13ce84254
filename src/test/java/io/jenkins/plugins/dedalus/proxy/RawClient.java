package io.jenkins.plugins.dedalus.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A viewer made of bytes: nothing it sends is repaired on the way. */
public final class RawClient implements AutoCloseable {
    /** An answer; {@code body} is decoded from chunks. */
    public record Response(int status, String head, byte[] body) {
        List<String> all(String name) {
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

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final InputStream in;

    RawClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    }

    RawClient send(String bytes) throws IOException {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    RawClient get(String host, String target, String... headers) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n"
                + String.join(
                        "",
                        java.util.Arrays.stream(headers).map(h -> h + "\r\n").toList()) + "\r\n");
    }

    /** Reads one response to a request that was not HEAD. */
    Response response() throws IOException {
        String head = readHead(in);
        if (head == null) {
            throw new EOFException("The connection was closed before a response.");
        }
        int status = Integer.parseInt(head.substring(9, 12));
        Response bare = new Response(status, head, new byte[0]);
        if (status < 200 || status == 204 || status == 304) {
            return bare;
        }
        if ("chunked".equalsIgnoreCase(bare.header("Transfer-Encoding"))) {
            return new Response(status, head, readChunked(in));
        }
        String length = bare.header("Content-Length");
        if (length == null) {
            return new Response(status, head, in.readAllBytes());
        }
        byte[] body = in.readNBytes(Integer.parseInt(length));
        if (body.length < Integer.parseInt(length)) {
            throw new EOFException("The body was cut off after " + body.length + " of " + length + " bytes.");
        }
        return new Response(status, head, body);
    }

    /** One request on a connection of its own. */
    static Response once(int port, String request) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.send(request).response();
        }
    }

    static Response get(int port, String host, String target, String... headers) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.get(host, target, headers).response();
        }
    }

    InputStream in() {
        return in;
    }

    OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    Socket socket() {
        return socket;
    }

    String head() throws IOException {
        return readHead(in);
    }

    /** Whether the other end closed, cleanly or not, without sending more. */
    boolean isClosedByPeer() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    /** Reads whatever comes until the other end closes, cleanly or not. */
    void drain() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (java.net.SocketException e) {
            // A reset is an end, too.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** The head with its last empty line, or null at the end of the stream. */
    static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        int c = in.read();
        while (c >= 0) {
            head.append((char) c);
            int n = head.length();
            if (c == '\n' && n >= 4 && head.charAt(n - 3) == '\n') {
                return head.toString();
            }
            c = in.read();
        }
        return null;
    }

    static byte[] readChunked(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] chunk = readChunk(in);
        while (chunk.length > 0) {
            body.write(chunk);
            chunk = readChunk(in);
        }
        return body.toByteArray();
    }

    /** One chunk's data; empty for the last. */
    static byte[] readChunk(InputStream in) throws IOException {
        String size = readLine(in);
        int length = Integer.parseInt(size.strip(), 16);
        byte[] data = in.readNBytes(length);
        if (data.length < length) {
            throw new EOFException("A chunk was cut off.");
        }
        readLine(in);
        return data;
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c != '\n') {
            if (c < 0) {
                throw new EOFException("The stream was cut off.");
            }
            if (c != '\r') {
                line.append((char) c);
            }
            c = in.read();
        }
        return line.toString();
    }
}
