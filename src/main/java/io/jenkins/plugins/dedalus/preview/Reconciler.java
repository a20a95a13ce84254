package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.error.DoubtfulAbsenceException;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.ledger.TeardownStage;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import io.jenkins.plugins.dedalus.preview.operation.SecondLook;
import io.jenkins.plugins.dedalus.preview.operation.Sleeping;
import io.jenkins.plugins.dedalus.preview.wake.MachineStates;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Brings the ledger and Dedalus together from time to time: goes on with closings that are due or were interrupted, notices
 * lost machines, and names machines that nobody here owns. Deletes only what a record owns; a failure stays with its preview.
 */
public final class Reconciler implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(Reconciler.class.getName());
    /** How long an interrupted build may take to come back and go on by itself. */
    private static final Duration RETURN = Duration.ofMinutes(15);

    private final PreviewLifecycle lifecycle;
    private final EngineContext parts;
    private final Orphans orphans;
    private final Map<PreviewKey, Long> unattended = new ConcurrentHashMap<>();
    /** Previews whose time is over, with the moment when it was. */
    private final SecondLook<List<Object>> over;

    private volatile Runnable timer = () -> {};
    private volatile boolean closed;

    /** Makes a reconciler of this lifecycle's ledger. */
    public Reconciler(PreviewLifecycle lifecycle) {
        this.lifecycle = lifecycle;
        this.parts = lifecycle.parts();
        this.orphans = lifecycle.orphans();
        this.over = new SecondLook<>(parts.scheduler(), parts.settings().secondLook());
    }

    /** Runs now and then every {@code interval} until closed; what a run finds is logged. */
    public void start(Duration interval) {
        runOnce().whenComplete((report, failure) -> {
            if (failure != null) {
                LOGGER.log(Level.WARNING, "Reconciling failed: {0}", failure.getMessage());
            } else {
                report.problems().forEach(LOGGER::warning);
                report.done().forEach(LOGGER::info);
            }
            if (!closed) {
                timer = parts.scheduler().schedule(interval, () -> start(interval));
            }
        });
    }

    /** Runs once. Fails only when the ledger or the list of machines can't be read. */
    public CompletableFuture<ReconcileReport> runOnce() {
        return lifecycle.calls().run(this::reconcile);
    }

    @Override
    public void close() {
        closed = true;
        timer.run();
    }

    private ReconcileReport reconcile() {
        List<String> problems = new ArrayList<>(parts.ledger().messages());
        List<Machine> machines = parts.client().machines().listAll(options());
        List<String> done = new ArrayList<>(forgetClosed());
        Map<String, Machine> listed = new HashMap<>();
        machines.stream()
                .filter(machine -> !MachineStates.isLost(machine))
                .forEach(machine -> listed.put(MachineIds.canonical(machine.machineId()), machine));
        List<PreviewRecord> records = parts.ledger().list();
        Optional<String> strange = strange();
        if (strange.isPresent()) {
            problems.add(strange.get());
            return new ReconcileReport(parts.now(), List.copyOf(done), unknown(machines), List.copyOf(problems));
        }
        if (isElsewhere(records, machines)) {
            problems.add(
                    "None of the " + records.size() + " previews' machines is among the account's. Is the API key that"
                            + " of another organisation? Nothing is given up or deleted until that is clear; take previews down by"
                            + " hand whose machines really are gone.");
            return new ReconcileReport(parts.now(), List.copyOf(done), unknown(machines), List.copyOf(problems));
        }
        lifecycle.awake().settle(machines);
        unattended.keySet().retainAll(records.stream().map(PreviewRecord::key).toList());
        over.retain(ends(records));
        parts.whereabouts().tidy();
        for (PreviewRecord record : records) {
            try {
                reconcile(record, listed, done);
            } catch (RateLimitException e) {
                // The rest would be refused too: all of it is looked at again when the pause is over.
                throw e;
            } catch (DoubtfulAbsenceException e) {
                LOGGER.log(Level.FINE, "The next run looks again.", e);
            } catch (DedalusException | PreviewException e) {
                problems.add("Preview " + record.key().id() + ": " + e.getMessage());
            } catch (RuntimeException e) {
                LOGGER.log(Level.WARNING, "Preview " + record.key().id() + ": an unexpected failure", e);
                problems.add("Preview " + record.key().id() + " could not be looked at: " + e);
            }
            if (record.problem() != null) {
                problems.add("Preview " + record.key().id() + ": " + record.problem());
            }
        }
        return new ReconcileReport(parts.now(), List.copyOf(done), unknown(machines), List.copyOf(problems));
    }

    /** Why nothing that isn't found counts as deleted; empty if it does. */
    private Optional<String> strange() {
        try {
            parts.whereabouts().requireAccount(options());
            return Optional.empty();
        } catch (RateLimitException e) {
            throw e;
        } catch (DedalusException | PreviewException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * One machine may have been deleted by somebody; that all were is less likely than another account's key. Those that are
     * being deleted say nothing about it.
     */
    private static boolean isElsewhere(List<PreviewRecord> records, List<Machine> machines) {
        Set<String> listed = machines.stream()
                .map(Machine::machineId)
                .map(MachineIds::canonical)
                .collect(Collectors.toSet());
        List<String> owned = records.stream()
                .filter(record -> !TeardownStage.deletes(record.operation()))
                .map(PreviewRecord::machineId)
                .filter(Objects::nonNull)
                .map(MachineIds::canonical)
                .toList();
        return owned.size() > 1 && owned.stream().noneMatch(listed::contains);
    }

    private void reconcile(PreviewRecord known, Map<String, Machine> listed, List<String> done) {
        Machine machine = known.machineId() == null ? null : listed.get(MachineIds.canonical(known.machineId()));
        PreviewRecord record = lifecycle.lifetimes().note(known, machine);
        String id = record.key().id();
        if (lifecycle.running(record.key()).isPresent()) {
            unattended.remove(record.key());
            return;
        }
        if (record.state() == PreviewState.CLOSING) {
            Closing closing = record.closing();
            boolean begun = TeardownStage.deletes(record.operation());
            if (closing != null && !closing.serverTime() && !closing.atOnce() && !begun) {
                // Nobody knows when that was: the whole grace is given by a clock that counts.
                if (parts.knowsTime()) {
                    String what = "Preview " + id + ": its grace begins now, for it was closed by another clock.";
                    change(record, what, done, record.toBuilder().closing(closing.from(parts.now())));
                }
                return;
            }
            boolean due = isDue(record);
            if (due || record.operation() != null || record.creation() != null) {
                lifecycle
                        .queues()
                        .use(record.key(), queue -> queue.proceed(record, due))
                        .ifPresent(operation -> done.add("Preview " + id + ": going on with taking it down."));
            } else if (shouldSleep(record) && runs(machine)) {
                // It was refused sleep when it closed, or was woken and autosleep is off.
                done.add("Preview " + id + ": "
                        + Sleeping.ask(parts, record, options()).outcome().sentence());
            }
        } else if (record.operation() != null || record.creation() != null) {
            settleAfter(record, done);
        } else {
            // Whatever a script of the present machine still does.
            bury(record, done);
            if (expire(record, done)) {
                return;
            }
            if (record.unfinished() != null) {
                settleAfter(record, done);
            } else if (record.machineId() != null && machine == null && isLost(record.machineId())) {
                change(
                        record,
                        "Preview " + id + ": its machine " + record.machineId() + " is lost.",
                        done,
                        lost(record));
            }
        }
    }

    /**
     * Closes what nobody looked at for its whole time: by the server's time, in two looks, as what is deleted. A script that
     * doesn't end keeps nothing.
     *
     * @return whether it did so, or was to
     */
    private boolean expire(PreviewRecord record, List<String> done) {
        Instant end = record.lifetime().expiresAt();
        if (end == null) {
            return false;
        }
        String what = "Preview " + record.key().id() + ": ";
        if (!record.lifetime().serverTime()) {
            if (parts.knowsTime()) {
                PreviewRecordBuilder anew =
                        record.toBuilder().lifetime(record.lifetime().from(parts.now()));
                change(record, what + "its time begins now, for another clock counted it.", done, anew);
            }
            return false;
        }
        boolean over = isOver(record.key(), end);
        if (over) {
            lifecycle
                    .queues()
                    .use(record.key(), queue -> queue.expire(record))
                    .ifPresent(closing -> done.add(what + "closing it, for nobody looked at it for "
                            + Durations.format(record.lifetime().ttl()) + "."));
        }
        return over;
    }

    /** By the server's time, in two looks: what is deleted by a clock that was set wrong doesn't come back. */
    private boolean isDue(PreviewRecord record) {
        Closing closing = record.closing();
        return closing == null || closing.atOnce() || isOver(record.key(), closing.deleteAt());
    }

    private Set<List<Object>> ends(List<PreviewRecord> records) {
        Set<List<Object>> ends = new HashSet<>();
        records.stream()
                .filter(record -> record.closing() != null)
                .forEach(record ->
                        ends.add(List.of(record.key(), record.closing().deleteAt())));
        records.stream()
                .filter(record -> record.lifetime().expiresAt() != null)
                .forEach(record ->
                        ends.add(List.of(record.key(), record.lifetime().expiresAt())));
        parts.ledger().closed().stream()
                .filter(record -> record.updatedAt() != null)
                .forEach(record -> ends.add(List.of(record.key(), forgottenAt(record))));
        return ends;
    }

    private Instant forgottenAt(PreviewRecord closed) {
        return closed.updatedAt().plus(parts.settings().tombstone());
    }

    private boolean isOver(PreviewKey key, Instant end) {
        List<Object> look = List.of(key, end);
        if (parts.client()
                .serverClock()
                .earliest()
                .filter(now -> !now.isBefore(end))
                .isEmpty()) {
            over.refutes(look);
            return false;
        }
        return over.confirms(look);
    }

    /** An unconfirmed closing wakes for whoever looks, and stays awake while they do. */
    private boolean shouldSleep(PreviewRecord record) {
        return record.machineId() != null
                && (record.closing().confirmed()
                        || !parts.gate()
                                .believedActive(
                                        record.machineId(), record.autosleep().duration()));
    }

    private static boolean runs(Machine machine) {
        return machine != null && machine.phase().equals(MachinePhase.RUNNING);
    }

    private static PreviewRecordBuilder lost(PreviewRecord record) {
        List<String> retired = new ArrayList<>(record.retired());
        retired.add(record.machineId());
        return record.toBuilder()
                .state(PreviewState.FAILED)
                .withoutMachine()
                .retired(retired)
                .told("The machine of this preview is gone. Build the change request again to get a new one.")
                .problem("Machine " + record.machineId() + " is lost. Build again to get a new one.");
    }

    /** Deletes machines that were replaced; forgets them only after a read says that they are gone. */
    private void bury(PreviewRecord record, List<String> done) {
        for (String old : record.retired()) {
            if (parts.whereabouts().isGone(old, options())) {
                parts.gate().forget(old, "Machine " + old + " was replaced.");
                PreviewRecord fresh = parts.ledger().get(record.key()).orElse(record);
                List<String> left = new ArrayList<>(fresh.retired());
                left.remove(old);
                change(
                        fresh,
                        "Machine " + old + " is gone.",
                        done,
                        fresh.toBuilder().retired(left));
            } else {
                parts.client().machines().delete(old, options());
            }
        }
    }

    /**
     * Forgets closed previews whose time is over by the server's time, which may take a short API call. Says which, and which
     * it could not.
     */
    public List<String> forgetClosed() {
        List<PreviewRecord> closed = parts.ledger().closed();
        List<String> done = new ArrayList<>();
        try {
            if (closed.isEmpty() || !parts.learnTime(options())) {
                return done;
            }
        } catch (DedalusException e) {
            LOGGER.log(Level.FINE, "Closed previews are kept until Dedalus tells the time.", e);
            return done;
        }
        closed.stream()
                .filter(record -> record.updatedAt() == null || isOver(record.key(), forgottenAt(record)))
                .forEach(record ->
                        lifecycle.queues().use(record.key(), queue -> queue.idle(() -> forget(record, done))));
        return done;
    }

    private void forget(PreviewRecord seen, List<String> done) {
        try {
            if (parts.ledger().get(seen.key()).equals(Optional.of(seen))) {
                parts.ledger().forget(seen.key());
                done.add("Preview " + seen.key().id() + ": forgotten.");
            }
        } catch (LedgerException e) {
            done.add("Preview " + seen.key().id() + ": " + e.getMessage());
        }
    }

    private void settleAfter(PreviewRecord record, List<String> done) {
        long seen = unattended.computeIfAbsent(record.key(), key -> parts.nanos());
        if (parts.since(seen).compareTo(RETURN) >= 0) {
            unattended.remove(record.key());
            lifecycle
                    .queues()
                    .use(record.key(), queue -> queue.proceed(record, false))
                    .ifPresent(
                            operation -> done.add("Preview " + record.key().id() + ": settling an interrupted build."));
        }
    }

    /** Writes unless an operation began or the record changed meanwhile. */
    private void change(PreviewRecord seen, String what, List<String> done, PreviewRecordBuilder next) {
        lifecycle
                .queues()
                .use(
                        seen.key(),
                        queue -> queue.idle(() -> {
                            PreviewRecord changed = next.updatedAt(parts.now()).build();
                            if (parts.ledger()
                                    .change(seen.key(), now -> now.equals(seen) ? changed : now)
                                    .equals(Optional.of(changed))) {
                                done.add(what);
                            }
                        }));
    }

    private boolean isLost(String machineId) {
        return parts.whereabouts()
                .read(machineId, options())
                .map(MachineStates::isLost)
                .orElse(true);
    }

    private List<String> unknown(List<Machine> machines) {
        List<Machine> found = orphans.among(machines);
        orphans.tell(found);
        return found.stream().map(Orphans::describe).toList();
    }

    private static RequestOptions options() {
        return EngineContext.options(null);
    }
}
