package io.jenkins.plugins.dedalus.proxy.access;

import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOST;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Case 18: a permission that ends cuts within a minute, whenever it ends; and asking about it costs little. */
class Case18RecheckTest {
    /** What of the minute is left for the authority's answer and for the data plane, which looks once a second. */
    private static final Duration REST = Duration.ofSeconds(2);

    private AccessFixture fixture;
    private Timed scheduler;
    private ViewerAccess access;

    /** Runs what is due as the fixture's clock passes. */
    private static final class Timed implements EngineScheduler {
        private record Task(Instant due, Runnable work) {}

        private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparing(Task::due));
        private final AccessFixture.TickingClock clock;

        Timed(AccessFixture.TickingClock clock) {
            this.clock = clock;
        }

        @Override
        public Runnable schedule(Duration delay, Runnable work) {
            Task task = new Task(clock.instant().plus(delay), work);
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        void pass(Duration time) {
            Instant end = clock.instant().plus(time);
            while (!tasks.isEmpty() && !tasks.peek().due().isAfter(end)) {
                Task task = tasks.poll();
                clock.pass(Duration.between(clock.instant(), task.due()));
                task.work().run();
            }
            clock.pass(Duration.between(clock.instant(), end));
        }
    }

    @BeforeEach
    void start() {
        fixture = new AccessFixture(AccessMode.JENKINS);
        scheduler = new Timed(fixture.clock);
        access = access(fixture.authority);
    }

    private ViewerAccess access(Authority authority) {
        return fixture.access().scheduler(scheduler).authority(authority).build();
    }

    private void signIn() {
        Decision sent = fixture.ask(access, fixture.navigation(HOST, "/"));
        String state =
                Query.parse(URI.create(header(sent, "Location")).toString()).get("state");
        String code = fixture.authority.signIn("ada", HOST, state);
        fixture.ask(access, fixture.navigation(HOST, "/.dedalus/callback?code=" + code + "&state=" + state));
    }

    private Decision.Admit stream() {
        return (Decision.Admit) fixture.ask(access, fixture.navigation(HOST, "/events"));
    }

    @Test
    void case18_aPermissionThatEndsIsNoticedWithinTheMinuteWheneverTheSessionBegan() {
        // Between two looks of the book, and right after a confirmation: the worst that can happen.
        for (int millis = 0; millis < 5000; millis += 100) {
            start();
            scheduler.pass(Duration.ofMillis(millis));
            signIn();
            Decision.Admit stream = stream();
            fixture.authority.forbid("ada");
            Instant ended = fixture.clock.instant();

            while (!stream.revoked().toCompletableFuture().isDone()) {
                scheduler.pass(Duration.ofMillis(50));
            }

            assertThat(Duration.between(ended, fixture.clock.instant()))
                    .as("a session that began %d ms after a look", millis)
                    .isLessThanOrEqualTo(Duration.ofMinutes(1).minus(REST));
        }
    }

    @Test
    void case18_aPermissionThatEndsLaterIsNoticedAsSoon() {
        signIn();
        Decision.Admit stream = stream();
        scheduler.pass(Duration.ofMinutes(17).plusMillis(700));
        assertThat(stream.revoked().toCompletableFuture()).isNotDone();

        fixture.authority.forbid("ada");
        scheduler.pass(Duration.ofMinutes(1).minus(REST));

        assertThat(stream.revoked().toCompletableFuture()).isDone();
    }

    /** An answer tells how things were when the question arrived. Here each takes as long as is waited for one. */
    @Test
    void case18_aSlowAuthorityMakesNoPermissionLastLonger() {
        for (int millis = 0; millis < 60_000; millis += 700) {
            start();
            access = access(new Authority() {
                @Override
                public URI authorizeUrl(String host, String state) {
                    return fixture.authority.authorizeUrl(host, state);
                }

                @Override
                public CompletionStage<Verdict> redeem(String code, String host, String state) {
                    return fixture.authority.redeem(code, host, state);
                }

                @Override
                public CompletionStage<Verdict> check(String session, String host) {
                    CompletableFuture<Verdict> slow = new CompletableFuture<>();
                    Verdict now = fixture.authority
                            .check(session, host)
                            .toCompletableFuture()
                            .join();
                    scheduler.schedule(Duration.ofSeconds(10), () -> slow.complete(now));
                    return slow;
                }
            });
            signIn();
            Decision.Admit stream = stream();
            scheduler.pass(Duration.ofMinutes(2).plusMillis(millis));
            fixture.authority.forbid("ada");
            scheduler.pass(Duration.ofMinutes(1).minus(REST));

            assertThat(stream.revoked().toCompletableFuture())
                    .as("withdrawn %d ms after a look", millis)
                    .isDone();
        }
    }

    @Test
    void case18_aBusySessionIsAskedAboutNoMoreOftenThanAnIdleOne() {
        signIn();
        Duration halfAnHour = Duration.ofMinutes(29);
        for (int second = 0; second < halfAnHour.toSeconds(); second++) {
            for (int i = 0; i < 5; i++) {
                assertThat(fixture.ask(access, fixture.navigation(HOST, "/" + i)))
                        .isInstanceOf(Decision.Admit.class);
            }
            scheduler.pass(Duration.ofSeconds(1));
        }

        long most = halfAnHour.dividedBy(SessionBook.CONFIRM_EVERY);
        assertThat(fixture.authority.checks()).isBetween((int) most - 5, (int) most);
    }

    @Test
    void case18_anAuthorityThatIsAwayIsAskedEveryTenSecondsAtMost() {
        signIn();
        fixture.authority.down(true);
        for (int second = 0; second < 600; second++) {
            assertThat(fixture.ask(access, fixture.navigation(HOST, "/"))).isInstanceOf(Decision.Admit.class);
            scheduler.pass(Duration.ofSeconds(1));
        }

        assertThat(fixture.authority.checks()).isBetween(30, 60);
    }

    @Test
    void case18_requestsThatComeWhileTheAuthorityThinksShareItsAnswer() {
        List<CompletableFuture<Authority.Verdict>> asked = new ArrayList<>();
        signIn();
        ViewerAccess slow = access(new Authority() {
            @Override
            public URI authorizeUrl(String host, String state) {
                return fixture.authority.authorizeUrl(host, state);
            }

            @Override
            public CompletionStage<Verdict> redeem(String code, String host, String state) {
                return fixture.authority.redeem(code, host, state);
            }

            @Override
            public CompletionStage<Verdict> check(String session, String host) {
                asked.add(new CompletableFuture<>());
                return asked.get(asked.size() - 1);
            }
        });
        List<CompletableFuture<Decision>> waiting = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiting.add(slow.admit(fixture.navigation(HOST, "/" + i)).toCompletableFuture());
        }
        scheduler.pass(Duration.ofSeconds(20));

        assertThat(asked).hasSize(1);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        asked.get(0).complete(new Authority.Verdict.Denied("Not any more."));
        assertThat(waiting).allSatisfy(one -> assertThat(((Decision.Respond) one.join()).status())
                .isEqualTo(302));
    }
}
