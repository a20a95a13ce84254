package io.jenkins.plugins.dedalus.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** A real Chromium, driven by WebDriver without a library. */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    private Browser(Process driver, String session) {
        this.driver = driver;
        this.session = session;
    }

    /** Starts it; a machine without one skips the test, and says so. */
    static Browser start(Path directory) throws Exception {
        Optional<Path> found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(each -> Path.of(each, "chromedriver"))
                .filter(each -> each.toFile().canExecute())
                .findFirst();
        if (found.isEmpty()) {
            String sentence = "SKIPPED, so sign-in in a real browser is NOT tested here: no chromedriver in PATH"
                    + " (Debian: apt-get install chromium chromium-driver).";
            System.err.println(sentence);
            Assumptions.abort(sentence);
        }
        File log = directory.resolve("chromedriver.log").toFile();
        Process driver = new ProcessBuilder(found.get().toString(), "--port=0")
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try {
            String port = Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> port(log), Optional::isPresent)
                    .get();
            Browser browser = new Browser(driver, "http://127.0.0.1:" + port + "/session");
            return new Browser(driver, browser.session + "/" + browser.open(directory.resolve("profile")));
        } catch (IOException | RuntimeException e) {
            driver.destroy();
            throw e;
        }
    }

    private static Optional<String> port(File log) throws IOException {
        Matcher started = STARTED.matcher(java.nio.file.Files.readString(log.toPath()));
        return started.find() ? Optional.of(started.group(1)) : Optional.empty();
    }

    private String open(Path profile) throws IOException, InterruptedException {
        ObjectNode request = JSON.createObjectNode();
        ObjectNode wanted = request.putObject("capabilities").putObject("alwaysMatch");
        wanted.put("browserName", "chrome").putObject("goog:loggingPrefs").put("browser", "ALL");
        var flags = wanted.putObject("goog:chromeOptions").putArray("args");
        List.of(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--user-data-dir=" + profile)
                .forEach(flags::add);
        return call("POST", "", request).path("sessionId").asText();
    }

    void go(String url) throws IOException, InterruptedException {
        call("POST", "/url", JSON.createObjectNode().put("url", url));
    }

    String address() throws IOException, InterruptedException {
        return call("GET", "/url", null).asText();
    }

    String run(String script) throws IOException, InterruptedException {
        ObjectNode request = JSON.createObjectNode().put("script", script);
        request.putArray("args");
        return call("POST", "/execute/sync", request).asText();
    }

    /** What the browser complained about since it was asked last: violations of the Content Security Policy and the like. */
    List<String> complaints() throws IOException, InterruptedException {
        List<String> found = new ArrayList<>();
        call("POST", "/se/log", JSON.createObjectNode().put("type", "browser"))
                .forEach(entry -> found.add(entry.path("message").asText()));
        return found;
    }

    private JsonNode call(String method, String path, JsonNode body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(session + path))
                .timeout(Duration.ofMinutes(3))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body()).path("value");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            call("DELETE", "", null);
        } finally {
            driver.destroy();
        }
    }
}
