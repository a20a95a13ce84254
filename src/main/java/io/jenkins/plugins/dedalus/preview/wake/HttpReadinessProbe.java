package io.jenkins.plugins.dedalus.preview.wake;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Asks with one HTTP/1.1 request; follows no redirect, sends no credentials. */
public final class HttpReadinessProbe implements ReadinessProbe {
    private static final Set<Integer> GATEWAY_FAILURES = Set.of(502, 503, 504);

    private final HttpClient http;

    /** Makes a probe whose answers are handled on {@code executor}. */
    public HttpReadinessProbe(Executor executor) {
        http = HttpClient.newBuilder()
                .executor(executor)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public CompletionStage<Boolean> answers(URI upstream, String path, boolean restricted, Duration timeout) {
        HttpRequest request = HttpRequest.newBuilder(upstream.resolve(path))
                .timeout(timeout)
                .header("User-Agent", "dedalus-preview-probe")
                .GET()
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .thenApply(response -> !GATEWAY_FAILURES.contains(response.statusCode()));
    }
}
