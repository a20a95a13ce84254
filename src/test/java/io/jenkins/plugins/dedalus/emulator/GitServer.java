package io.jenkins.plugins.dedalus.emulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Serves a bare repository over HTTP to those who know the token, as a code host does: git's own CGI behind Basic. */
public final class GitServer implements AutoCloseable {
    private final Path projects;
    private final String token;
    private final HttpServer server;
    private final List<String> refused = new CopyOnWriteArrayList<>();

    /** Serves the bare repositories in a directory on a port of its own. */
    public GitServer(Path projects, String token) throws IOException {
        this.projects = projects;
        this.token = token;
        this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "git-server");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where a repository is, e.g. {@code shop.git}. */
    public String url(String repository) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + repository;
    }

    /** What was given for authentication and did not do; {@code null} as text where nothing was. */
    public List<String> refused() {
        return List.copyOf(refused);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            String expected = "Basic "
                    + Base64.getEncoder().encodeToString(("x-access-token:" + token).getBytes(StandardCharsets.UTF_8));
            if (!expected.equals(given)) {
                refused.add(String.valueOf(given));
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            ProcessBuilder git = new ProcessBuilder("git", "http-backend");
            Map<String, String> env = git.environment();
            env.put("GIT_PROJECT_ROOT", projects.toString());
            env.put("GIT_HTTP_EXPORT_ALL", "1");
            env.put("PATH_INFO", exchange.getRequestURI().getPath());
            env.put(
                    "QUERY_STRING",
                    exchange.getRequestURI().getQuery() == null
                            ? ""
                            : exchange.getRequestURI().getQuery());
            env.put("REQUEST_METHOD", exchange.getRequestMethod());
            put(env, "CONTENT_TYPE", exchange.getRequestHeaders().getFirst("Content-Type"));
            put(env, "HTTP_CONTENT_ENCODING", exchange.getRequestHeaders().getFirst("Content-Encoding"));
            put(env, "GIT_PROTOCOL", exchange.getRequestHeaders().getFirst("Git-Protocol"));
            env.put("CONTENT_LENGTH", Integer.toString(body.length));
            Process process = git.start();
            process.getOutputStream().write(body);
            process.getOutputStream().close();
            answer(exchange, process.getInputStream().readAllBytes());
        }
    }

    private static void answer(HttpExchange exchange, byte[] cgi) throws IOException {
        InputStream in = new ByteArrayInputStream(cgi);
        int status = 200;
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c != '\n') {
                line.append((char) c);
                continue;
            }
            String header = line.toString().trim();
            line.setLength(0);
            if (header.isEmpty()) {
                break;
            }
            String value = header.substring(header.indexOf(':') + 1).trim();
            if (header.startsWith("Status:")) {
                status = Integer.parseInt(value.substring(0, 3));
            } else {
                exchange.getResponseHeaders().set(header.substring(0, header.indexOf(':')), value);
            }
        }
        byte[] body = in.readAllBytes();
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static void put(Map<String, String> env, String name, String value) {
        if (value != null) {
            env.put(name, value);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
