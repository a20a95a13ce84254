package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusException;
import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.NotFoundException;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final EngineParts parts;
    private final Map<PreviewKey, Instant> unattended = new ConcurrentHashMap<>();
    private volatile Runnable timer = () -> {};
    private volatile boolean closed;

    /** Makes a reconciler of this lifecycle's ledger. */
    public Reconciler(PreviewLifecycle lifecycle) {
        this.lifecycle = lifecycle;
        this.parts = lifecycle.parts();
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
        return CompletableFuture.supplyAsync(this::reconcile, parts.scheduler());
    }

    @Override
    public void close() {
        closed = true;
        timer.run();
    }

    private ReconcileReport reconcile() {
        List<String> done = new ArrayList<>(forgetClosed());
        List<String> problems = new ArrayList<>(parts.ledger().messages());
        List<Machine> machines = parts.client().machines().listAll(options());
        Map<String, Machine> listed = new HashMap<>();
        machines.stream()
                .filter(machine -> !Machines.isLost(machine))
                .forEach(machine -> listed.put(machine.machineId(), machine));
        List<PreviewRecord> records = parts.ledger().list();
        if (isElsewhere(records, machines)) {
            problems.add(
                    "None of the " + records.size() + " previews' machines is among the account's. Is the API key that"
                            + " of another organisation? Nothing is given up or deleted until that is clear; take previews down by"
                            + " hand whose machines really are gone.");
            return new ReconcileReport(parts.now(), List.copyOf(done), unknown(machines), List.copyOf(problems));
        }
        unattended.keySet().retainAll(records.stream().map(PreviewRecord::key).toList());
        for (PreviewRecord record : records) {
            try {
                reconcile(record, listed, done);
            } catch (DedalusException | PreviewException e) {
                problems.add("Preview " + record.key().id() + ": " + e.getMessage());
            }
            if (record.problem() != null) {
                problems.add("Preview " + record.key().id() + ": " + record.problem());
            }
        }
        return new ReconcileReport(parts.now(), List.copyOf(done), unknown(machines), List.copyOf(problems));
    }

    /**
     * One machine may have been deleted by somebody; that all were is less likely than another account's key. Those that are
     * being deleted say nothing about it.
     */
    private static boolean isElsewhere(List<PreviewRecord> records, List<Machine> machines) {
        Set<String> listed = machines.stream().map(Machine::machineId).collect(Collectors.toSet());
        List<String> owned = records.stream()
                .filter(record -> !TeardownOperation.deletes(record.operation()))
                .map(PreviewRecord::machineId)
                .filter(Objects::nonNull)
                .toList();
        return owned.size() > 1 && owned.stream().noneMatch(listed::contains);
    }

    private void reconcile(PreviewRecord record, Map<String, Machine> listed, List<String> done) {
        String id = record.key().id();
        Instant now = parts.now();
        if (lifecycle.running(record.key()).isPresent()) {
            unattended.remove(record.key());
            return;
        }
        if (record.state() == PreviewState.CLOSING) {
            boolean due =
                    record.closing() == null || !record.closing().deleteAt().isAfter(now);
            if (due || record.operation() != null || record.creation() != null) {
                lifecycle
                        .lanes()
                        .use(record.key(), lane -> lane.proceed(record))
                        .ifPresent(operation -> done.add("Preview " + id + ": going on with taking it down."));
            } else if (record.closing().confirmed() && runs(listed.get(record.machineId()))) {
                // It was refused sleep when it closed, or autosleep is off.
                done.add("Preview " + id + ": "
                        + Sleeping.ask(parts, record.machineId(), options()).sentence());
            }
        } else if (record.operation() != null || record.creation() != null) {
            settleAfter(record, now, done);
        } else {
            bury(record, done);
            if (record.machineId() != null && !listed.containsKey(record.machineId()) && isLost(record.machineId())) {
                change(
                        record,
                        "Preview " + id + ": its machine " + record.machineId() + " is lost.",
                        done,
                        lost(record));
            }
        }
    }

    private static boolean runs(Machine machine) {
        return machine != null && machine.phase().equals(MachinePhase.RUNNING);
    }

    private static PreviewRecordBuilder lost(PreviewRecord record) {
        List<String> retired = new ArrayList<>(record.retired());
        retired.add(record.machineId());
        return record.toBuilder()
                .state(PreviewState.FAILED)
                .machine(null)
                .retired(retired)
                .ports(Map.of())
                .setupOn(null)
                .startable(false)
                .problem("Machine " + record.machineId() + " is lost. Build again to get a new one.");
    }

    /** Deletes machines that were replaced; forgets them only after a read says that they are gone. */
    private void bury(PreviewRecord record, List<String> done) {
        for (String old : record.retired()) {
            if (Machines.isGone(parts, old, options())) {
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

    /** Forgets closed previews whose time is over; no API call. Says which, and which it could not. */
    public List<String> forgetClosed() {
        List<String> done = new ArrayList<>();
        Instant before = parts.now().minus(parts.settings().tombstone());
        parts.ledger().closed().stream()
                .filter(record ->
                        record.updatedAt() == null || !record.updatedAt().isAfter(before))
                .forEach(record -> lifecycle.lanes().use(record.key(), lane -> lane.idle(() -> forget(record, done))));
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

    private void settleAfter(PreviewRecord record, Instant now, List<String> done) {
        Instant seen = unattended.computeIfAbsent(record.key(), key -> now);
        if (!seen.plus(RETURN).isAfter(now)) {
            unattended.remove(record.key());
            lifecycle
                    .lanes()
                    .use(record.key(), lane -> lane.proceed(record))
                    .ifPresent(
                            operation -> done.add("Preview " + record.key().id() + ": settling an interrupted build."));
        }
    }

    /** Writes unless an operation began or the record changed meanwhile. */
    private void change(PreviewRecord seen, String what, List<String> done, PreviewRecordBuilder next) {
        lifecycle
                .lanes()
                .use(
                        seen.key(),
                        lane -> lane.idle(() -> {
                            if (parts.ledger().get(seen.key()).equals(Optional.of(seen))) {
                                parts.ledger().put(next.updatedAt(parts.now()).build());
                                done.add(what);
                            }
                        }));
    }

    private boolean isLost(String machineId) {
        try {
            return Machines.isLost(parts.client().machines().get(machineId, options()));
        } catch (NotFoundException e) {
            return true;
        }
    }

    private List<String> unknown(List<Machine> machines) {
        Set<String> owned = parts.ledger().machines();
        return machines.stream()
                .filter(machine -> !owned.contains(machine.machineId()) && !Machines.isGone(machine))
                .map(machine ->
                        machine.machineId() + ", " + Machines.describe(machine) + ", made " + machine.createdAt())
                .toList();
    }

    private static RequestOptions options() {
        return EngineParts.options(null);
    }
}
