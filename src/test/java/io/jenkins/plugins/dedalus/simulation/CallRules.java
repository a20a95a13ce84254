package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What holds for calls to Dedalus, and which machine was made by which create. */
final class CallRules {
    /** How far the server's time may be mistaken: its Date has whole seconds, and answers travel. */
    private static final Duration TOLERANCE = Duration.ofMinutes(2);

    private final Verdict verdict;
    private final VirtualTime time;
    private final Invariants invariants;
    private final Map<String, String> keyOfMachine = new HashMap<>();
    private final Map<String, Subject> subjectOfKey = new HashMap<>();
    private final Set<String> known = new HashSet<>();

    CallRules(Verdict verdict, VirtualTime time, Invariants invariants) {
        this.verdict = verdict;
        this.time = time;
        this.invariants = invariants;
    }

    /** A call leaves the process. */
    void leaves(ApiCall call) {
        if (call.wakes()) {
            invariants
                    .recordOf(call.machineId())
                    .filter(record -> record.state() == PreviewState.CLOSING
                            && record.closing() != null
                            && record.closing().confirmed())
                    .ifPresent(record ->
                            verdict.broken("a confirmed closing is never woken", call + " for " + record.key()));
        }
    }

    /** A call of ours reaches Dedalus. */
    void arrives(ApiCall call) {
        if (call.creates()) {
            String key = call.header("Idempotency-Key");
            Optional<PreviewRecord> intent = invariants.intent(key);
            verdict.require(
                    intent.isPresent() || subjectOfKey.containsKey(key),
                    "the intent is written down before the create",
                    "a create with key " + key + ", which no record holds");
            intent.ifPresent(record -> subjectOfKey.put(key, invariants.subject(record.key())));
        }
        if (call.deletes()) {
            invariants.recordOf(call.machineId()).ifPresent(record -> delete(call, record));
        }
    }

    private void delete(ApiCall call, PreviewRecord record) {
        boolean retired = record.retired().contains(call.machineId());
        Subject subject = invariants.subject(record.key());
        verdict.require(
                retired || subject.mayBeDeleted(time.elapsed().plus(TOLERANCE)) || goesFirst(record),
                "a delete only for a retired machine, a closing that is due, or one that goes first",
                call + " of " + subject + ", whose closing says " + record.closing());
    }

    /** Whether it was closed anyway, and another preview has no room. */
    private boolean goesFirst(PreviewRecord record) {
        return (invariants.world().cap() > 0 || invariants.world().tight())
                && record.closing() != null
                && record.closing().confirmed()
                && record.closing().reason().startsWith("Another preview needed");
    }

    /** A call of ours was worked. */
    void worked(ApiCall call, List<Machine> machines) {
        if (call.creates()) {
            for (Machine machine : machines) {
                if (known.add(machine.id())) {
                    keyOfMachine.put(machine.id(), call.header("Idempotency-Key"));
                }
            }
        }
    }

    int creations() {
        return known.size();
    }

    /** The key of the create that made a machine. */
    String keyOf(String machineId) {
        return keyOfMachine.get(machineId);
    }

    /** Whose preview a machine was made for. */
    Subject madeFor(String machineId) {
        return subjectOfKey.get(keyOfMachine.get(machineId));
    }
}
