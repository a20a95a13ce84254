package io.jenkins.plugins.dedalus.emulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * An app for machines: counts visits in memory, hashes what is posted, sends as much as asked. With {@code raw} it speaks
 * no HTTP: it answers at the end of the request, or resets.
 */
final class TestApp {
    private static final int CHUNK = 64 * 1024;

    private TestApp() {}

    /** A shell command that starts it detached on a port, or on PORT where there is one. */
    static String daemon(int port, String... more) {
        try {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            String classes = Path.of(TestApp.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
            String setsid = Files.isExecutable(Path.of("/usr/bin/setsid")) ? "setsid " : "nohup ";
            return setsid + "'" + java + "' -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -cp '"
                    + classes + "' "
                    + TestApp.class.getName() + " ${PORT:-" + port + "} " + String.join(" ", more)
                    + " >app.log 2>&1 </dev/null & echo started";
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        if (args.length > 1) {
            raw(port);
            return;
        }
        AtomicInteger visits = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
        server.createContext("/count", exchange -> answer(exchange, Integer.toString(visits.incrementAndGet())));
        server.createContext(
                "/pid",
                exchange ->
                        answer(exchange, Long.toString(ProcessHandle.current().pid())));
        server.createContext("/hash", TestApp::hash);
        server.createContext("/bytes/", TestApp::bytes);
        server.createContext("/slow", exchange -> {
            Files.createFile(Path.of("arrived"));
            Path gate = Path.of("gate");
            while (!Files.exists(gate)) {
                LockSupport.parkNanos(10_000_000);
            }
            answer(exchange, "at last");
        });
        server.setExecutor(Executors.newFixedThreadPool(16));
        server.start();
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static void hash(HttpExchange exchange) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[CHUNK];
            InputStream in = exchange.getRequestBody();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            answer(exchange, HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    private static void bytes(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        long left = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
        exchange.sendResponseHeaders(200, left);
        byte[] chunk = new byte[CHUNK];
        try (OutputStream out = exchange.getResponseBody()) {
            for (; left > 0; left -= chunk.length) {
                out.write(chunk, 0, (int) Math.min(left, chunk.length));
            }
        }
    }

    /** Reads to the end; resets if it read "reset", says how much it read otherwise. */
    private static void raw(int port) throws IOException {
        try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            while (true) {
                try (Socket socket = server.accept()) {
                    String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    if (text.contains("reset")) {
                        socket.getOutputStream().write("half".getBytes(StandardCharsets.UTF_8));
                        socket.setSoLinger(true, 0);
                    } else {
                        socket.getOutputStream().write(("read " + text.length()).getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
        }
    }
}
