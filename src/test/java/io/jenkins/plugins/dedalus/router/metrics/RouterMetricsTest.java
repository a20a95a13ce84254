package io.jenkins.plugins.dedalus.router.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.proxy.spi.AccessLog;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RouterMetricsTest {
    @Test
    void countsWhatOperatorsAskFor() {
        RouterMetrics metrics = new RouterMetrics();
        metrics.requestFinished(null, 200, 1_000_000);
        metrics.requestFinished(null, 0, 1_000_000);
        metrics.requestFinished(null, 999, 1_000_000);
        metrics.failed(null, ProxyMetrics.Cause.WAKE_FAILED);
        metrics.wakes().wakeCalled("dm-1");
        metrics.wakes().wakeEnded("dm-1", Duration.ofSeconds(3), null);
        metrics.wakes()
                .wakeEnded(
                        "dm-1",
                        Duration.ofSeconds(3),
                        new WakeFailedException(WakeFailedException.Kind.TIMEOUT, "late", null, null));
        metrics.waiters(5);
        metrics.waiters(-2);
        metrics.wakes().waiters(700);
        metrics.upstreamConnections(4);

        assertThat(metrics.scrape())
                .contains(
                        "dedalus_requests_seconds_count{class=\"2xx\"} 1",
                        "dedalus_requests_seconds_count{class=\"aborted\"} 2",
                        "dedalus_errors_total{cause=\"wake_failed\"} 1.0",
                        "dedalus_wake_calls_total 1.0",
                        "dedalus_wake_seconds_bucket{outcome=\"awake\",le=\"5.0\"} 1",
                        "dedalus_wake_seconds_bucket{outcome=\"awake\",le=\"2.5\"} 0",
                        "dedalus_wake_seconds_count{outcome=\"timeout\"} 1",
                        "dedalus_waiters 3.0",
                        "dedalus_upstream_connections 4.0");
    }

    @Test
    void theAccessLogIsOneJsonLinePerRequest() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonAccessLog log = new JsonAccessLog(out);
        log.log(new AccessLog.Entry(
                Instant.EPOCH,
                "192.0.2.1",
                "GET",
                "pr-1.example.net",
                "/a\"b",
                "HTTP/2",
                503,
                12,
                2500,
                "pr-1-shop",
                "ada",
                ProxyMetrics.Cause.WAKE_FAILED));

        await().until(() ->
                out.size() > 0 && out.toString(StandardCharsets.UTF_8).endsWith("\n"));
        JsonNode line = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(line.path("path").asText()).isEqualTo("/a\"b");
        assertThat(line.path("ms").asDouble()).isEqualTo(2.5);
        assertThat(line.path("cause").asText()).isEqualTo("wake_failed");
        assertThat(line.path("viewer").asText()).isEqualTo("ada");
    }
}
