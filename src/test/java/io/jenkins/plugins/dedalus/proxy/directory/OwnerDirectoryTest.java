package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.access.EndlessServer;
import io.jenkins.plugins.dedalus.proxy.access.revocation.Withdrawals;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnerDirectoryTest {
    private static final String LIST =
            "{\"version\":1,\"routes\":[{\"host\":\"pr-1.example.net\",\"machineId\":\"dm-1\",\"upstream\":\"https://a.dedaluslabs.ai\"}]}";

    private final MockWebServer jenkins = new MockWebServer();
    private final Queue<Runnable> scheduled = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T10:00:00Z"));
    private OwnerDirectory directory;

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

    private OwnerDirectory create() {
        return new OwnerDirectory(
                ListOwner.jenkins(URI.create(jenkins.url("/").toString())),
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
        await().until(() -> !scheduled.isEmpty());
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
    void changesAreAskedForAndChecked() throws Exception {
        List<Route> routes =
                new ArrayList<>(RouteList.read(LIST, AccessMode.PUBLIC).routes());
        RouteFeed feed = new RouteFeed(() -> List.copyOf(routes), () -> Withdrawals.NONE);
        RouteFeed.Reply whole = feed.answer(null, null);
        answer(200, whole.body(), whole.tag());
        poll();
        assertThat(jenkins.takeRequest().getUrl().queryParameter("since")).isNull();

        routes.add(Route.builder("pr-2.example.net")
                .machine("dm-2", URI.create("https://b.dedaluslabs.ai"))
                .build());
        RouteFeed.Reply changes = feed.answer(whole.tag(), whole.tag());
        answer(200, changes.body(), changes.tag());
        poll();
        assertThat(jenkins.takeRequest().getUrl().queryParameter("since")).isEqualTo(whole.tag());
        assertThat(directory.routes()).extracting(Route::host).containsExactly("pr-1.example.net", "pr-2.example.net");

        answer(
                200,
                changes.body()
                        .replace(whole.tag().replace("\"", ""), changes.tag().replace("\"", "")),
                "\"odd\"");
        poll();
        assertThat(directory.routes()).as("changes that lead elsewhere").hasSize(2);
        assertThat(directory.describe()).contains("asked for the whole");
        answer(200, LIST, null);
        poll();
        jenkins.takeRequest();
        assertThat(jenkins.takeRequest().getHeaders().get("If-None-Match")).isNull();
        assertThat(directory.routes()).hasSize(1);
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOwnerWhoseListHasNoEndIsAskedAgain(boolean flood) throws Exception {
        try (EndlessServer owner = new EndlessServer(flood);
                OwnerDirectory followed = new OwnerDirectory(
                        ListOwner.jenkins(owner.url()),
                        "router:t",
                        AccessMode.PUBLIC,
                        scheduler,
                        Duration.ofSeconds(5),
                        dir.resolve("other.json"),
                        clock,
                        flood ? Duration.ofMinutes(5) : Duration.ofSeconds(2))) {
            followed.start();

            await().until(() -> !scheduled.isEmpty());
            assertThat(followed.loaded()).isFalse();
            assertThat(followed.describe()).contains(flood ? "longer than 16384 KiB" : "longer than 2 s");
        }
    }

    @Test
    void whateverFailsTheOwnerIsAskedAgain() {
        directory.listener(() -> {
            throw new IllegalStateException("whoever listens is closing");
        });
        answer(200, LIST, null);
        poll();

        assertThat(directory.describe()).contains("whoever listens is closing");
        assertThat(directory.lookup("pr-1.example.net")).isPresent();
    }

    @Test
    void whatComesAfterTheEndIsNotWrittenAnyMore() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        jenkins.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                closed.await();
                return new MockResponse.Builder().code(200).body(LIST).build();
            }
        });
        directory.start();
        jenkins.takeRequest();
        directory.close();
        closed.countDown();

        await().during(Duration.ofMillis(500)).until(() -> Files.notExists(dir.resolve("directory.json")));
        assertThat(directory.loaded()).isFalse();
    }
}
