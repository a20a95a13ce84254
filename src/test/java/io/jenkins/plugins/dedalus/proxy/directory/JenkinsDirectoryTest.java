package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.preview.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.AccessMode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JenkinsDirectoryTest {
    private static final String LIST =
            "{\"version\":1,\"routes\":[{\"host\":\"pr-1.example.net\",\"machineId\":\"dm-1\",\"upstream\":\"https://a.dedaluslabs.ai\"}]}";

    private final MockWebServer jenkins = new MockWebServer();
    private final Queue<Runnable> scheduled = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T10:00:00Z"));
    private JenkinsDirectory directory;

    @TempDir
    Path dir;

    private final EngineScheduler scheduler = new EngineScheduler() {
        @Override
        public Runnable schedule(Duration delay, Runnable task) {
            scheduled.add(task);
            return () -> scheduled.remove(task);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    };

    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    };

    @BeforeEach
    void start() throws Exception {
        jenkins.start();
        directory = create();
    }

    @AfterEach
    void stop() {
        directory.close();
        jenkins.close();
    }

    private JenkinsDirectory create() {
        return new JenkinsDirectory(
                URI.create(jenkins.url("/").toString()),
                "router:t",
                AccessMode.PUBLIC,
                scheduler,
                Duration.ofSeconds(5),
                dir.resolve("directory.json"),
                clock);
    }

    /** Lets the directory ask once and waits until it has learnt. */
    private void poll() {
        Runnable due = scheduled.poll();
        if (due == null) {
            directory.start();
        } else {
            due.run();
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> !scheduled.isEmpty());
    }

    private void answer(int status, String body, String etag) {
        MockResponse.Builder response = new MockResponse.Builder().code(status).body(body);
        if (etag != null) {
            response.addHeader("ETag", etag);
        }
        jenkins.enqueue(response.build());
    }

    @Test
    void pollsWithTheEtagItWasGiven() throws Exception {
        assertThat(directory.loaded()).isFalse();
        answer(200, LIST, "\"v1\"");
        poll();
        assertThat(directory.lookup("pr-1.example.net")).isPresent();
        assertThat(jenkins.takeRequest().getHeaders().get("If-None-Match")).isNull();

        now.set(now.get().plusSeconds(5));
        answer(304, "", null);
        poll();
        var second = jenkins.takeRequest();
        assertThat(second.getHeaders().get("If-None-Match")).isEqualTo("\"v1\"");
        assertThat(second.getUrl().encodedPath()).isEqualTo("/dedalus/router/directory");
        assertThat(directory.asOf()).isEqualTo(now.get());
        assertThat(directory.routes()).hasSize(1);
    }

    @Test
    void theLastKnownListSurvivesJenkinsAndTellsItsAge() {
        answer(200, LIST, null);
        poll();
        Instant known = now.get();
        now.set(known.plus(Duration.ofHours(2)));
        answer(503, "<html>restarting</html>", null);
        poll();

        assertThat(directory.lookup("pr-1.example.net")).isPresent();
        assertThat(directory.asOf()).isEqualTo(known);
        assertThat(directory.describe()).contains("as of 2026-03-01T10:00:00Z", "Jenkins is away: it answered 503");

        answer(200, "{\"routes\":[]}", null);
        poll();
        assertThat(directory.routes()).isEmpty();
        assertThat(directory.describe()).doesNotContain("away");
    }

    @Test
    void aGarbledListIsNoEmptyList() {
        answer(200, LIST, null);
        poll();
        answer(200, "<html>please sign in</html>", null);
        poll();

        assertThat(directory.routes()).hasSize(1);
    }

    @Test
    void aRouterStartedWhileJenkinsIsAwayServesWhatItKnew() {
        answer(200, LIST, null);
        poll();
        directory.close();
        jenkins.close();

        directory = create();
        assertThat(directory.loaded()).isTrue();
        assertThat(directory.lookup("pr-1.example.net")).isPresent();
    }
}
