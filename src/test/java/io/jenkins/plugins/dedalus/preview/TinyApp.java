package io.jenkins.plugins.dedalus.preview;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The app that previews in tests serve: says its version, and counts its visits in memory. */
final class TinyApp {
    private TinyApp() {}

    /** Arguments: the version to report. Listens on PORT. */
    public static void main(String[] args) throws IOException {
        String version = args.length > 0 ? args[0] : Files.readString(Path.of("version"));
        AtomicInteger visits = new AtomicInteger();
        HttpServer server =
                HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String body =
                    switch (path) {
                        case "/version" -> version;
                        case "/visits" -> Integer.toString(visits.incrementAndGet());
                        case "/env" -> String.valueOf(System.getenv("GREETING"));
                        default -> "app " + version;
                    };
            byte[] bytes = (body + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }
}
