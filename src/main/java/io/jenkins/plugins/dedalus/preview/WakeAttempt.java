package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.AuthenticationException;
import io.jenkins.plugins.dedalus.client.Cancellation;
import io.jenkins.plugins.dedalus.client.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.DedalusException;
import io.jenkins.plugins.dedalus.client.Execution;
import io.jenkins.plugins.dedalus.client.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.NotFoundException;
import io.jenkins.plugins.dedalus.client.PermissionException;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import io.jenkins.plugins.dedalus.client.ValidationException;
import io.jenkins.plugins.dedalus.preview.WakeFailedException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** One wake of one machine: call, wait until it runs, probe the app, start it again if it stays deaf, probe on. */
final class WakeAttempt {
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration DOUBTFUL = Duration.ofSeconds(1);
    private static final int REPAIR_TRIES = 5;
    private static final Duration REPAIR_PAUSE = Duration.ofSeconds(1);

    private final WakeTarget target;
    private final WakeTools tools;
    private final boolean readFirst;
    private final BiConsumer<WakeAttempt, WakeFailedException> ended;
    private final CompletableFuture<Awake> done = new CompletableFuture<>();
    private final Cancellation cancellation = new Cancellation();
    private final Instant since;
    private final Instant deadline;
    private Runnable alarm = () -> {};
    private boolean over;

    // Only one step is under way at any time: these need no lock.
    private volatile boolean called;
    private volatile int refusals;
    private volatile Duration probePause;
    private volatile Instant probedSince;
    private volatile boolean repaired;
    private volatile String lastTrouble = "Dedalus did not answer the wake call";

    /** @param readFirst whether the machine is probably awake: then it is read, and only woken if it isn't, or stays deaf */
    WakeAttempt(
            WakeTarget target, WakeTools tools, boolean readFirst, BiConsumer<WakeAttempt, WakeFailedException> ended) {
        this.target = target;
        this.tools = tools;
        this.readFirst = readFirst;
        this.ended = ended;
        this.since = tools.clock().instant();
        this.deadline = since.plus(tools.settings().deadline());
        this.probePause = tools.settings().probeMin();
    }

    CompletableFuture<Awake> done() {
        return done;
    }

    Instant since() {
        return since;
    }

    void start() {
        tools.listener().wakeStarted(target.machineId());
        Runnable timer = tools.scheduler().schedule(tools.settings().deadline(), this::timeOut);
        synchronized (this) {
            alarm = timer;
        }
        step(Duration.ZERO, readFirst ? this::read : this::callWake);
    }

    void fail(WakeFailedException failure) {
        if (end(failure)) {
            done.completeExceptionally(failure);
        }
    }

    private void timeOut() {
        fail(new WakeFailedException(
                Kind.TIMEOUT,
                "Machine " + target.machineId() + " was not awake after "
                        + tools.settings().deadline().toSeconds() + " s: " + lastTrouble + ". Try again.",
                Duration.ofSeconds(1),
                null));
    }

    private void succeed() {
        Duration took = Duration.between(since, tools.clock().instant());
        if (end(null)) {
            done.complete(new Awake(target.machineId(), false, repaired, took));
        }
    }

    private boolean end(WakeFailedException failure) {
        Runnable stop;
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
            stop = alarm;
        }
        stop.run();
        cancellation.cancel();
        ended.accept(this, failure);
        tools.listener()
                .wakeEnded(
                        target.machineId(),
                        Duration.between(since, tools.clock().instant()),
                        failure);
        return true;
    }

    private synchronized boolean isOver() {
        return over;
    }

    private void step(Duration delay, Runnable action) {
        Runnable guarded = () -> {
            if (isOver()) {
                return;
            }
            try {
                action.run();
            } catch (RuntimeException e) {
                fail(new WakeFailedException(
                        Kind.REFUSED, "Waking machine " + target.machineId() + " failed: " + e.getMessage(), null, e));
            }
        };
        if (delay.isZero() || delay.isNegative()) {
            tools.scheduler().execute(guarded);
        } else {
            tools.scheduler().schedule(delay, guarded);
        }
    }

    private void callWake() {
        called = true;
        tools.listener().wakeCalled(target.machineId());
        ask(() -> tools.client().machines().wake(target.machineId(), options()));
    }

    private void read() {
        ask(() -> tools.client().machines().get(target.machineId(), options()));
    }

    private void ask(Supplier<Machine> call) {
        Machine machine;
        try {
            machine = call.get();
        } catch (DedalusException e) {
            refused(e);
            return;
        }
        MachinePhase phase = machine.phase();
        if (phase.equals(MachinePhase.RUNNING)) {
            lastTrouble = "it runs, but its app does not answer";
            probedSince = tools.clock().instant();
            probe();
        } else if (phase.equals(MachinePhase.DESTROYED) || phase.equals(MachinePhase.DESTROYING)) {
            gone("has been deleted", null);
        } else if (phase.equals(MachinePhase.FAILED) && !Machines.mayRecover(machine)) {
            String reason = machine.status().reason();
            gone("can't wake any more (" + (reason == null ? "failed" : reason) + ")", null);
        } else if (phase.equals(MachinePhase.SLEEPING) || phase.equals(MachinePhase.FAILED)) {
            lastTrouble = "Dedalus still says " + Machines.describe(machine);
            step(called ? backoff() : Duration.ZERO, this::callWake);
        } else {
            lastTrouble = "Dedalus says " + phase.value();
            step(POLL, this::read);
        }
    }

    private void gone(String how, Throwable cause) {
        fail(new WakeFailedException(
                Kind.GONE,
                "Machine " + target.machineId() + " " + how + "; build the change request again to get a new one.",
                null,
                cause));
    }

    private void refused(DedalusException e) {
        if (e instanceof NotFoundException) {
            gone("does not exist any more", e);
            return;
        }
        Duration pause = backoff();
        Duration asked = e.retryAfter().orElse(Duration.ZERO);
        pause = asked.compareTo(pause) > 0 ? asked : pause;
        lastTrouble = e.getMessage();
        boolean hopeless = e instanceof AuthenticationException
                || e instanceof PermissionException
                || e instanceof ValidationException;
        boolean tooLate = tools.clock().instant().plus(pause).isAfter(deadline);
        if (tooLate && e instanceof DeadlineExceededException) {
            timeOut();
        } else if (hopeless || tooLate) {
            fail(new WakeFailedException(Kind.REFUSED, e.getMessage(), asked.isZero() ? null : asked, e));
        } else {
            step(pause, this::callWake);
        }
    }

    private Duration backoff() {
        return tools.settings().backoff(refusals++);
    }

    private void probe() {
        if (target.upstream() == null) {
            succeed();
            return;
        }
        tools.probe()
                .answers(target.upstream(), target.healthPath(), target.restricted(), PROBE_TIMEOUT)
                .whenComplete((answers, failure) -> {
                    if (failure == null && Boolean.TRUE.equals(answers)) {
                        succeed();
                    } else if (!isOver()) {
                        deaf();
                    }
                });
    }

    private void deaf() {
        Duration deafFor = Duration.between(probedSince, tools.clock().instant());
        if (!called && deafFor.compareTo(DOUBTFUL) >= 0) {
            step(Duration.ZERO, this::callWake);
            return;
        }
        if (!repaired
                && target.startPath() != null
                && deafFor.compareTo(tools.settings().deafAfter()) >= 0) {
            repaired = true;
            lastTrouble = "it runs, but its app does not answer although it was started again";
            tools.listener().repairStarted(target.machineId());
            String key = newRepairKey();
            step(Duration.ZERO, () -> repair(key, REPAIR_TRIES));
        }
        Duration pause = probePause;
        Duration doubled = pause.multipliedBy(2);
        probePause = doubled.compareTo(tools.settings().probeMax()) > 0
                ? tools.settings().probeMax()
                : doubled;
        step(pause, this::probe);
    }

    /** Runs beside the probing; a machine just woken may refuse its first executions, at once or when they are looked at. */
    private void repair(String key, int triesLeft) {
        try {
            Execution started = tools.client()
                    .executions()
                    .create(
                            target.machineId(),
                            ExecutionCreate.of(
                                    "/bin/bash", "-c", "exec /bin/bash \"$HOME/$0\" repair", target.startPath()),
                            options().withIdempotencyKey(key));
            follow(started, triesLeft);
        } catch (DedalusException e) {
            notRepaired(e.getMessage());
            if (triesLeft > 1) {
                step(REPAIR_PAUSE, () -> repair(key, triesLeft - 1));
            }
        }
    }

    private void follow(Execution start, int triesLeft) {
        if (ExecutionFailures.neverRan(start) || ExecutionFailures.lostByPlatform(start)) {
            notRepaired(start.errorCode());
            if (triesLeft > 1) {
                Duration pause = ExecutionFailures.pause(start).orElse(REPAIR_PAUSE);
                step(pause, () -> repair(newRepairKey(), triesLeft - 1));
            }
        } else if (!start.finished()) {
            step(REPAIR_PAUSE, () -> follow(look(start), triesLeft));
        } else if (!Integer.valueOf(0).equals(start.exitCode())) {
            notRepaired("it ended with exit code " + start.exitCode());
        }
    }

    private Execution look(Execution start) {
        try {
            return tools.client().executions().get(target.machineId(), start.executionId(), options());
        } catch (DedalusException e) {
            notRepaired(e.getMessage());
            return start;
        }
    }

    private void notRepaired(String why) {
        lastTrouble = "it runs, but its app could not be started again: " + why;
    }

    private static String newRepairKey() {
        return "repair-" + UUID.randomUUID();
    }

    private RequestOptions options() {
        Duration left = Duration.between(tools.clock().instant(), deadline);
        Duration limit = left.compareTo(tools.settings().callTimeout()) < 0
                ? left
                : tools.settings().callTimeout();
        return RequestOptions.none()
                .withDeadline(limit.toMillis() < 1 ? Duration.ofMillis(1) : limit)
                .withCancellation(cancellation);
    }
}
