package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.AuthenticationException;
import io.jenkins.plugins.dedalus.client.error.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.InvalidStateException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.PermissionException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException.Kind;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One wake of one machine: call, wait until it runs, probe the app, start it again if it stays deaf, probe on. Holds a thread
 * only while Dedalus answers. Its time begins with its first call; how long it waits for that is limited apart.
 */
final class WakeAttempt {
    private static final Logger LOGGER = Logger.getLogger(WakeAttempt.class.getName());
    private static final Duration FIRST_POLL = Duration.ofMillis(250);
    private static final Duration LAST_POLL = Duration.ofSeconds(2);
    private static final Duration DOUBTFUL = Duration.ofSeconds(1);
    /** How often a machine is read whose app stays deaf: it may have been put to sleep again. */
    private static final Duration LOOKS = Duration.ofSeconds(5);
    /** What a wake call may take while others wait for its place. */
    private static final Duration CROWDED = Duration.ofSeconds(15);

    private final WakeTarget target;
    private final WakeContext tools;
    private final boolean readFirst;
    private final BiConsumer<WakeAttempt, WakeFailedException> ended;
    private final CompletableFuture<Awake> done = new CompletableFuture<>();
    private final Cancellation cancellation = new Cancellation();
    private final Instant since;
    private final long asked;
    private Runnable alarm = () -> {};
    private CompletableFuture<Boolean> probing = CompletableFuture.completedFuture(false);
    private boolean over;

    // Only one step is under way at any time: these need no lock.
    private volatile long deadline;
    private volatile boolean called;
    /** Whether it waits until one more machine may be awake. */
    private volatile boolean noRoom;

    private volatile int refusals;
    private volatile MachinePhase before;
    private volatile DedalusException refusal;
    private volatile Duration pollPause = FIRST_POLL;
    private volatile Duration probePause;
    private final ProbePatience patience = new ProbePatience();
    private volatile boolean deaf;
    private volatile long deafSince;
    private volatile long lookedAt;
    private final WakeRepair repair;
    private volatile String lastTrouble = "Dedalus did not answer the wake call";

    /** @param readFirst whether the machine is probably awake: then it is read, and only woken if it isn't, or stays deaf */
    WakeAttempt(
            WakeTarget target,
            WakeContext tools,
            boolean readFirst,
            BiConsumer<WakeAttempt, WakeFailedException> ended) {
        this.target = target;
        this.tools = tools;
        this.readFirst = readFirst;
        this.ended = ended;
        this.since = tools.clock().instant();
        this.asked = tools.scheduler().nanoTime();
        this.probePause = tools.settings().probeMin();
        this.repair = new WakeRepair(this, target, tools);
    }

    CompletableFuture<Awake> done() {
        return done;
    }

    Instant since() {
        return since;
    }

    void start() {
        tools.listener().wakeStarted(target.machineId());
        try {
            alarm(tools.settings().queueLimit(), this::neverBegun);
            tools.calls().begin(guarded(this::begin));
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "The gate is closing.", e);
            fail(WakeGate.closedFailure(target.machineId()));
        }
    }

    /** On a thread for calls: from now on the time counts. */
    private void begin() {
        Duration limit = tools.settings().deadline();
        deadline = tools.scheduler().nanoTime() + limit.toNanos();
        if (alarm(limit, this::timeOut)) {
            if (readFirst) {
                read();
            } else {
                callWake();
            }
        }
    }

    /** Sets the alarm anew; false if all is over. */
    private boolean alarm(Duration delay, Runnable action) {
        Runnable old = tools.scheduler().schedule(delay, action);
        boolean late;
        synchronized (this) {
            late = over;
            if (!late) {
                Runnable fresh = old;
                old = alarm;
                alarm = fresh;
            }
        }
        old.run();
        return !late;
    }

    void fail(WakeFailedException failure) {
        if (end(failure)) {
            done.completeExceptionally(failure);
        }
    }

    private void neverBegun() {
        fail(WakeFailures.neverBegun(target.machineId(), tools));
    }

    private void timeOut() {
        Duration deadline = tools.settings().deadline();
        fail(
                noRoom
                        ? WakeFailures.noRoom(target.machineId(), deadline)
                        : WakeFailures.timeOut(target.machineId(), deadline, lastTrouble));
    }

    private void succeed() {
        Duration took = took();
        if (end(null)) {
            done.complete(new Awake(target.machineId(), false, repair.begun(), took));
            repair.helped();
        }
    }

    private Duration took() {
        return Duration.ofNanos(tools.scheduler().nanoTime() - asked);
    }

    private boolean end(WakeFailedException failure) {
        Runnable stop;
        CompletableFuture<Boolean> probe;
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
            stop = alarm;
            probe = probing;
        }
        stop.run();
        probe.cancel(false);
        cancellation.cancel();
        if (failure != null && failure.kind() != Kind.CLOSED) {
            LOGGER.log(Level.WARNING, failure.getMessage());
        }
        tools.admission().get().ended(target.machineId());
        ended.accept(this, failure);
        tools.listener().wakeEnded(target.machineId(), took(), failure);
        return true;
    }

    private synchronized boolean isOver() {
        return over;
    }

    private Runnable guarded(Runnable action) {
        return () -> {
            if (isOver()) {
                return;
            }
            try {
                action.run();
            } catch (RuntimeException | Error e) {
                fail(new WakeFailedException(
                        Kind.REFUSED, "Waking machine " + target.machineId() + " failed: " + e.getMessage(), null, e));
            }
        };
    }

    /** Makes a call after a while, on a thread for calls. */
    void next(Duration delay, Runnable call) {
        Runnable guarded = guarded(call);
        if (delay.isZero() || delay.isNegative()) {
            tools.calls().goOn(guarded);
        } else {
            tools.scheduler().schedule(delay, guarded(() -> tools.calls().goOn(guarded)));
        }
    }

    private void callWake() {
        try {
            Duration later = tools.admission().get().admit(target.machineId()).orElse(null);
            noRoom = later != null;
            if (noRoom) {
                next(later, this::callWake);
                return;
            }
            if (isOver()) {
                // It ended while it was being admitted, and so before it counted.
                tools.admission().get().ended(target.machineId());
                return;
            }
        } catch (DedalusException e) {
            refused(e);
            return;
        }
        called = true;
        tools.listener().wakeCalled(target.machineId());
        boolean crowded = tools.calls().waiting() > 0;
        ask(() -> tools.client()
                .machines()
                .wake(
                        target.machineId(),
                        options(crowded ? CROWDED : tools.settings().callTimeout())));
    }

    void read() {
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
        MachinePhase last = before;
        MachinePhase phase = machine.phase();
        before = phase;
        if (phase.equals(MachinePhase.RUNNING)) {
            lookedAt = tools.scheduler().nanoTime();
            if (!deaf) {
                lastTrouble = "it runs, but there was no time to ask its app";
            }
            probe();
        } else if (phase.equals(MachinePhase.DESTROYED) || phase.equals(MachinePhase.DESTROYING)) {
            gone("has been deleted", null);
        } else if (phase.equals(MachinePhase.FAILED) && !MachineStates.mayRecover(machine)) {
            String reason = machine.status().reason();
            gone("can't wake any more (" + (reason == null ? "failed" : reason) + ")", null);
        } else if (phase.equals(MachinePhase.SLEEPING) || phase.equals(MachinePhase.FAILED)) {
            deaf = false;
            // A machine that ran or was being put to sleep until now could not wake before.
            boolean fellAsleep = MachinePhase.STOPPING.equals(last) || MachinePhase.RUNNING.equals(last);
            DedalusException why = refusal;
            refusal = null;
            if (why != null && !fellAsleep) {
                tryAgain(why);
            } else {
                lastTrouble = "Dedalus still says " + MachineStates.describe(machine);
                next(called && !fellAsleep ? backoff() : Duration.ZERO, this::callWake);
            }
        } else {
            lastTrouble = phase.equals(MachinePhase.STOPPING)
                    ? "Dedalus is still putting it to sleep, and it can only wake after that"
                    : "Dedalus says " + phase.value();
            deaf = false;
            next(poll(), this::read);
        }
    }

    private Duration poll() {
        Duration pause = pollPause;
        pollPause = Duration.ofMillis(Math.min(LAST_POLL.toMillis(), pause.toMillis() * 3 / 2));
        return pause;
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
            // The key may have been exchanged: only the reconciler's looks say whether it is really gone.
            gone("is not known to Dedalus with this API key", e);
            return;
        }
        lastTrouble = e.getMessage();
        if (e instanceof InvalidStateException) {
            // It may be on its way to sleep: reading tells.
            refusal = e;
            next(poll(), this::read);
        } else if (e instanceof DeadlineExceededException) {
            // The wake may be under way all the same.
            Duration left = left();
            if (left.isNegative() || left.isZero()) {
                timeOut();
            } else {
                next(Duration.ZERO, this::read);
            }
        } else {
            tryAgain(e);
        }
    }

    private void tryAgain(DedalusException e) {
        Duration pause = backoff();
        Duration wanted = e.retryAfter().orElse(Duration.ZERO);
        pause = wanted.compareTo(pause) > 0 ? wanted : pause;
        boolean hopeless = e instanceof AuthenticationException
                || e instanceof PermissionException
                || e instanceof ValidationException;
        if (hopeless || pause.compareTo(left()) > 0) {
            fail(new WakeFailedException(Kind.REFUSED, e.getMessage(), wanted.isZero() ? null : wanted, e));
        } else {
            next(pause, this::callWake);
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
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        synchronized (this) {
            if (over) {
                // Asking the app could wake a machine that nobody wants awake any more.
                return;
            }
            probing = answer;
        }
        answer.whenComplete((answers, failure) -> {
            if (failure == null && Boolean.TRUE.equals(answers)) {
                succeed();
            } else if (failure instanceof ProbeQueue.BrokenProbeException broken) {
                guarded(() -> {
                            throw broken;
                        })
                        .run();
            } else {
                guarded(this::deaf).run();
            }
        });
        Duration timeout = patience.ask(tools.scheduler().nanoTime());
        tools.probe().ask(target.upstream(), target.healthPath(), target.restricted(), timeout, answer);
    }

    private void deaf() {
        long now = tools.scheduler().nanoTime();
        patience.unanswered(now);
        if (!deaf) {
            deaf = true;
            deafSince = now;
            lastTrouble = "it runs, but its app does not answer";
        }
        Duration deafFor = Duration.ofNanos(now - deafSince);
        if (!called && deafFor.compareTo(DOUBTFUL) >= 0) {
            next(Duration.ZERO, this::callWake);
            return;
        }
        if (repair.takesOver(deafFor)) {
            return;
        }
        if (now - lookedAt >= LOOKS.toNanos()) {
            next(Duration.ZERO, this::read);
            return;
        }
        Duration pause = probePause;
        probePause = Duration.ofMillis(Math.min(tools.settings().probeMax().toMillis(), pause.toMillis() * 2));
        tools.scheduler().schedule(pause, guarded(this::probe));
    }

    void trouble(String sentence) {
        lastTrouble = sentence;
    }

    RequestOptions options() {
        return options(tools.settings().callTimeout());
    }

    private RequestOptions options(Duration atMost) {
        Duration left = left();
        Duration limit = left.compareTo(atMost) < 0 ? left : atMost;
        return RequestOptions.none()
                .withDeadline(limit.toMillis() < 1 ? Duration.ofMillis(1) : limit)
                .withCancellation(cancellation);
    }

    private Duration left() {
        return Duration.ofNanos(deadline - tools.scheduler().nanoTime());
    }
}
