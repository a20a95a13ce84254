package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.ReadinessProbe;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Probes apps with the JDK's client. */
final class HttpProbe implements ReadinessProbe {
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @Override
    public CompletionStage<Boolean> answers(URI upstream, String path, Duration timeout) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(upstream + path))
                .timeout(timeout)
                .header("User-Agent", "dedalus-preview-router")
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .thenApply(HttpResponse::statusCode)
                .handle((status, failure) -> failure == null && status != 502 && status != 503 && status != 504);
    }
}
