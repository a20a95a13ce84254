package io.jenkins.plugins.dedalus.steps;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The app that previews of the steps' tests serve. Listens on PORT. */
final class StepApp {
    private StepApp() {}

    /** Serves until killed. */
    public static void main(String[] args) throws IOException {
        Path file = Path.of("version");
        String version = Files.exists(file) ? Files.readString(file) : "no version";
        HttpServer server =
                HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 0);
        server.createContext("/", exchange -> {
            String body = "/env".equals(exchange.getRequestURI().getPath())
                    ? String.valueOf(System.getenv("GREETING"))
                    : version;
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }
}
