package io.jenkins.plugins.dedalus.preview.wake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.preview.MutableClock;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.error.GateFullException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException.Kind;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.Test;

class WakeGateTest extends WakeGateFixture {
    @Test
    void aThousandCallersMakeOneCallAndAllSucceed() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        onWake = count -> {
            hold(held);
            return machine("running");
        };
        List<CompletableFuture<Awake>> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            all.add(gate.wake(TARGET));
        }
        assertThat(gate.waiters()).isEqualTo(1000);
        assertThat(gate.wakingSince(ID)).isPresent();
        GateFullException full = failure(GateFullException.class, gate.wake(TARGET));
        assertThat(full.retryAfter()).isPositive();
        assertThat(full.kind()).isEqualTo(Kind.FULL);
        held.countDown();
        for (CompletableFuture<Awake> one : all) {
            assertThat(one.get(60, TimeUnit.SECONDS).believed()).isFalse();
        }
        assertThat(wakes).hasValue(1);
        assertThat(gate.waiters()).isZero();
        assertThat(gate.wakingSince(ID)).isEmpty();
    }

    @Test
    void whoHearsTheEndOfItsWaitIsNoLongerCounted() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        onWake = count -> {
            hold(held);
            return machine("running");
        };
        CompletableFuture<Integer> counted = gate.wake(TARGET).thenApply(awake -> gate.waiters());
        CompletableFuture<Awake> left = gate.wake(TARGET);
        assertThat(gate.waiters()).isEqualTo(2);
        left.cancel(false);
        assertThat(gate.waiters()).isEqualTo(1);
        held.countDown();
        assertThat(counted.get(60, TimeUnit.SECONDS)).isZero();
        assertThat(gate.waiters()).as("who left is counted off once").isZero();
    }

    @Test
    void theFirstCallerLeavingCancelsNothing() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        onWake = count -> {
            hold(held);
            return machine("running");
        };
        CompletableFuture<Awake> first = gate.wake(TARGET);
        CompletableFuture<Awake> second = gate.wake(TARGET);
        first.cancel(true);
        assertThat(gate.waiters()).isEqualTo(1);
        held.countDown();
        assertThat(second.get(60, TimeUnit.SECONDS).machineId()).isEqualTo(ID);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void refusalsAreTriedAgainAfterThePauseTheServerAsksFor() throws Exception {
        List<Long> at = new ArrayList<>();
        onRead = count -> machine("sleeping");
        onWake = count -> {
            at.add(System.nanoTime());
            return switch (count) {
                case 1 -> error(409, "INVALID_STATE", "");
                case 2 -> error(429, "RATE_LIMITED", ",\"retry_after_ms\":300");
                case 3 -> error(503, "DEPENDENCY_UNAVAILABLE", "");
                default -> machine("running");
            };
        };
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(wakes).hasValue(4);
        assertThat(Duration.ofNanos(at.get(2) - at.get(1))).isGreaterThanOrEqualTo(Duration.ofMillis(290));
    }

    @Test
    void aHangingWakeFreesItsSlotAtTheDeadlineAndTheNextTriesAnew() throws Exception {
        gate.close();
        List<Runnable> alarms = new CopyOnWriteArrayList<>();
        gate = builder(WakeSettings.DEFAULT.withDeadline(Duration.ofHours(1)))
                .scheduler(keeping(alarms))
                .build();
        CountDownLatch never = new CountDownLatch(1);
        onWake = count -> {
            if (count == 1) {
                hold(never);
            }
            return machine("running");
        };
        CompletableFuture<Awake> hanging = gate.wake(TARGET);
        await().until(() -> wakes.get() == 1);
        alarms.get(0).run();
        WakeFailedException late = failure(WakeFailedException.class, hanging);
        assertThat(late.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(late).hasMessageContaining("was not awake after");
        assertThat(gate.wakingSince(ID)).isEmpty();
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(wakes).hasValue(2);
        never.countDown();
    }

    @Test
    void whoMayNotWakeWaitsAndIsToldWhyAtTheDeadline() throws Exception {
        gate.close();
        List<Runnable> alarms = new CopyOnWriteArrayList<>();
        gate = builder(WakeSettings.DEFAULT.withDeadline(Duration.ofHours(1)))
                .scheduler(keeping(alarms))
                .build();
        AtomicInteger asked = new AtomicInteger();
        gate.admission(machineId -> {
            asked.incrementAndGet();
            return Optional.of(Duration.ofHours(1));
        });
        CompletableFuture<Awake> waiting = gate.wake(TARGET);
        await().until(() -> asked.get() == 1);
        alarms.get(0).run();
        WakeFailedException full = failure(WakeFailedException.class, waiting);
        assertThat(full.kind()).isEqualTo(Kind.NO_ROOM);
        assertThat(full).hasMessageContaining("as many were awake as may be (maxAwake), and all of them are in use");
        assertThat(wakes).hasValue(0);
        gate.admission(WakeAdmission.OPEN);
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void aMachineSeenActiveCostsNoCallUntilItsAutosleepLessAMargin() throws Exception {
        assertThat(gate.believedActive(ID, TARGET.autosleep())).isFalse();
        gate.seenActive(ID);
        assertThat(gate.wake(TARGET).get().believed()).isTrue();
        time.pass(Duration.ofSeconds(240));
        assertThat(gate.wake(TARGET).get().believed()).isTrue();
        time.pass(Duration.ofSeconds(31));
        assertThat(gate.wake(TARGET).get(60, TimeUnit.SECONDS).believed()).isFalse();
        assertThat(wakes).hasValue(1);
        gate.drop(ID);
        gate.drop("dm-unknown");
        assertThat(gate.wake(TARGET).get(60, TimeUnit.SECONDS).believed()).isFalse();
        assertThat(wakes).hasValue(2);
        assertThat(gate.believedActive(ID, Duration.ofSeconds(15))).isTrue();
        time.pass(Duration.ofSeconds(13));
        assertThat(gate.believedActive(ID, Duration.ofSeconds(15))).isFalse();
        assertThat(gate.believedActive(ID, null)).isTrue();
    }

    @Test
    void aDoubtAboutAMachineSeenAMomentAgoIsSettledByReadingIt() throws Exception {
        gate.seenActive(ID);
        gate.doubt(ID);
        gate.doubt("dm-unknown");
        assertThat(gate.believedActive(ID, TARGET.autosleep())).isFalse();
        assertThat(gate.wake(TARGET).get(60, TimeUnit.SECONDS).believed()).isFalse();
        assertThat(wakes).as("it runs: no wake call").hasValue(0);

        onRead = count -> machine("sleeping");
        gate.doubt(ID);
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(wakes).as("it did fall asleep").hasValue(1);

        time.pass(Duration.ofSeconds(11));
        onRead = count -> machine("running");
        gate.doubt(ID);
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(wakes).as("seen too long ago").hasValue(2);
    }

    @Test
    void aMachineThatReadsRunningButStaysDeafIsWokenAllTheSame() throws Exception {
        gate.seenActive(ID);
        gate.doubt(ID);
        appAnswers.set(false);
        CompletableFuture<Awake> woken = gate.wake(
                new WakeTarget(ID, Duration.ofMinutes(5), URI.create("http://127.0.0.1:1"), "/", null, false));
        await().until(() -> {
            time.pass(Duration.ofMillis(100));
            return wakes.get() == 1;
        });
        appAnswers.set(true);
        woken.get(60, TimeUnit.SECONDS);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void aDeafAppIsStartedAgainOnce() throws Exception {
        gate.close();
        gate = gate(WakeSettings.DEFAULT.withDeafAfter(Duration.ofMillis(100)));
        appAnswers.set(false);
        Awake awake = gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(awake.repaired()).isTrue();
        assertThat(executions).hasValue(1);
        assertThat(heard).contains("repair dm-1");
    }

    @Test
    void aMachineThatTakesItsTimeIsReadUntilItRuns() throws Exception {
        onWake = count -> machine("starting");
        onRead = count -> machine(count < 2 ? "warming_up" : "running");
        gate.wake(new WakeTarget(ID, null, null, null, null, false)).get(60, TimeUnit.SECONDS);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void aLostMachineIsGoneAndSaysSo() {
        gate.close();
        gate = gate(WakeSettings.DEFAULT.withBackoff(Duration.ofMinutes(1), Duration.ofMinutes(10)));
        onWake = count -> error(404, "NOT_FOUND", "");
        assertThat(failure(WakeFailedException.class, gate.wake(TARGET)).kind()).isEqualTo(Kind.GONE);
        time.pass(Duration.ofMinutes(15));
        onWake = count -> machine("destroyed");
        assertThat(failure(WakeFailedException.class, gate.wake(TARGET))).hasMessageContaining("deleted");
        time.pass(Duration.ofMinutes(15));
        onWake = count -> machine("failed");
        assertThat(failure(WakeFailedException.class, gate.wake(TARGET))).hasMessageContaining("can't wake any more");
        assertThat(failure(WakeFailedException.class, gate.wake(TARGET)).kind()).isEqualTo(Kind.GONE);
        assertThat(wakes).hasValue(3);
    }

    @Test
    void aFailureThatDedalusCallsRetryableIsWokenAgain() throws Exception {
        onWake =
                count -> count == 1 ? machine("failed\",\"retryable\":true,\"reason\":\"HostBusy") : machine("running");
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(wakes).hasValue(2);
    }

    @Test
    void aFailurePausesTheNextWakeButIsNotKeptForEver() throws Exception {
        gate.close();
        gate = gate(WakeSettings.DEFAULT.withBackoff(Duration.ofMinutes(5), Duration.ofMinutes(10)));
        onWake = count -> error(403, "AUTH_ORG_MISMATCH", "");
        assertThat(failure(WakeFailedException.class, gate.wake(TARGET)).kind()).isEqualTo(Kind.REFUSED);
        WakeFailedException pausing = failure(WakeFailedException.class, gate.wake(TARGET));
        assertThat(pausing.kind()).isEqualTo(Kind.BACKING_OFF);
        assertThat(pausing.retryAfter()).isPositive();
        assertThat(wakes).hasValue(1);
        onWake = count -> machine("running");
        time.pass(Duration.ofMinutes(6));
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(heard).contains("failed dm-1", "ended dm-1");
    }

    @Test
    void aPauseOfAnHourIsCutShort() throws Exception {
        onWake = count -> error(429, "RATE_LIMITED", ",\"retry_after_ms\":3600000");
        WakeFailedException refused = failure(WakeFailedException.class, gate.wake(TARGET));
        assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
        int asked = wakes.get();
        onWake = count -> machine("running");
        time.pass(Duration.ofMinutes(1));
        assertThat(failure(WakeFailedException.class, gate.wake(TARGET)).kind()).isEqualTo(Kind.BACKING_OFF);
        time.pass(Duration.ofMinutes(1).plusSeconds(1));
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(wakes).hasValue(asked + 1);
    }

    @Test
    void forgettingAMachineFailsItsWaiters() {
        CountDownLatch held = new CountDownLatch(1);
        onWake = count -> {
            hold(held);
            return machine("running");
        };
        CompletableFuture<Awake> waiting = gate.wake(TARGET);
        gate.forget(ID, "Preview pr-1 was closed.");
        WakeFailedException gone = failure(WakeFailedException.class, waiting);
        assertThat(gone.kind()).isEqualTo(Kind.GONE);
        assertThat(gone).hasMessage("Preview pr-1 was closed.");
        held.countDown();
    }

    @Test
    void closingFailsTheWaitersAndLaterCallers() {
        CountDownLatch held = new CountDownLatch(1);
        onWake = count -> {
            hold(held);
            return machine("running");
        };
        CompletableFuture<Awake> waiting = gate.wake(TARGET);
        gate.close();
        assertThat(failure(WakeFailedException.class, waiting).kind()).isEqualTo(Kind.CLOSED);
        assertThat(failure(WakeFailedException.class, gate.wake(TARGET)).kind()).isEqualTo(Kind.CLOSED);
        held.countDown();
    }

    @Test
    void aClockSetForwardEndsNoBeliefAndNoPause() {
        MutableClock clock = new MutableClock(time);
        try (WakeGate sober = WakeGate.builder()
                .client(client)
                .clock(clock)
                .scheduler(time.on(threads))
                .settings(WakeSettings.DEFAULT.withBackoff(Duration.ofSeconds(5), Duration.ofSeconds(10)))
                .build()) {
            sober.seenActive(ID);
            onWake = count -> error(403, "AUTH_ORG_MISMATCH", "");
            failure(WakeFailedException.class, sober.wake(target(2)));
            clock.advance(Duration.ofDays(7));
            assertThat(sober.believedActive(ID, TARGET.autosleep())).isTrue();
            assertThat(failure(WakeFailedException.class, sober.wake(target(2))).kind())
                    .isEqualTo(Kind.BACKING_OFF);
            clock.advance(Duration.ofDays(-14));
            time.pass(Duration.ofMinutes(5));
            assertThat(sober.believedActive(ID, TARGET.autosleep())).isFalse();
        }
    }

    @Test
    void aMachineThatIsBeingPutToSleepIsReadUntilItSleepsAndThenWoken() throws Exception {
        gate.close();
        gate = gate(WakeSettings.DEFAULT.withBackoff(Duration.ofHours(1), Duration.ofHours(1)));
        onWake = count -> count == 1 ? error(409, "INVALID_STATE", "") : machine("running");
        onRead = count -> machine(count < 3 ? "stopping" : "sleeping");
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(wakes).as("refused while it stops, then once").hasValue(2);

        gate.drop(ID);
        wakes.set(0);
        onWake = count -> machine(count == 1 ? "stopping" : "running");
        onRead = count -> machine("sleeping");
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        assertThat(wakes).as("a wake that came too early is answered and lost").hasValue(2);
    }

    @Test
    void aMachineThatFallsAsleepWhileItsAppIsDeafIsWokenAgain() throws Exception {
        appAnswers.set(false);
        CompletableFuture<Awake> woken = gate.wake(target(1));
        await().until(() -> wakes.get() == 1);
        onRead = count -> machine("sleeping");
        onWake = count -> {
            appAnswers.set(true);
            return machine("running");
        };
        await().until(() -> {
            time.pass(Duration.ofSeconds(1));
            return woken.isDone();
        });
        woken.get();
        assertThat(wakes).hasValue(2);
    }

    @Test
    void aWakeCallThatHangsIsCutOffAndTheMachineRead() throws Exception {
        gate.close();
        gate = gate(WakeSettings.DEFAULT.withCallTimeout(Duration.ofMillis(300)));
        CountDownLatch never = new CountDownLatch(1);
        onWake = count -> {
            hold(never);
            return machine("running");
        };
        gate.wake(TARGET).get(60, TimeUnit.SECONDS);
        // On a busy machine it is cut off before the server has read it.
        assertThat(wakes).as("it runs: no second call").hasValueLessThanOrEqualTo(1);
        never.countDown();
    }

    @Test
    void theOwnProbeTakesAGatewaysFailureForNoAnswer() throws Exception {
        onRead = count -> switch (count) {
            case 1 -> new MockResponse.Builder().code(503).build();
            case 2 -> new MockResponse.Builder().code(404).build();
            default -> machine("running");
        };
        EngineThreads threads = new EngineThreads("probe", 1);
        HttpReadinessProbe probe = new HttpReadinessProbe(threads);
        URI upstream = URI.create("http://127.0.0.1:" + server.getPort());
        assertThat(probe.answers(upstream, "/health", false, Duration.ofMinutes(1))
                        .toCompletableFuture()
                        .get())
                .isFalse();
        assertThat(probe.answers(upstream, "/health", false, Duration.ofMinutes(1))
                        .toCompletableFuture()
                        .get())
                .isTrue();
        threads.close();
    }
}
