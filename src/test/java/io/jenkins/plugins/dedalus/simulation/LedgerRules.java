package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.Phase;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.room.MachineLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What holds between the ledger and the world after every task. */
final class LedgerRules {
    /** How much older than the last look the ledger may be, and how far the server's time may be mistaken. */
    private static final Duration COARSE = Duration.ofMinutes(7);

    private final Verdict verdict;
    private final Invariants invariants;
    private final Map<PreviewKey, PreviewState> states = new HashMap<>();
    private long version = -1;
    private int creations = -1;

    LedgerRules(Verdict verdict, Invariants invariants) {
        this.verdict = verdict;
        this.invariants = invariants;
    }

    /** Another process has opened the ledger. */
    void reopened() {
        version = -1;
    }

    void check() {
        if (!invariants.running()
                || (version == invariants.ledgerVersion()
                        && creations == invariants.calls().creations())) {
            return;
        }
        version = invariants.ledgerVersion();
        creations = invariants.calls().creations();
        List<PreviewRecord> records = invariants.records();
        covered(records);
        capped(records);
        records.forEach(this::record);
    }

    private void capped(List<PreviewRecord> records) {
        int cap = invariants.world().cap();
        long owners = records.stream().filter(MachineLimits::counts).count();
        verdict.require(
                cap == 0 || owners <= cap,
                "no more previews than allowed have a machine, or one that is being made",
                owners + " of " + cap);
    }

    private void lifetime(Subject subject, PreviewRecord record, PreviewState before) {
        if (record.state() == PreviewState.CLOSED) {
            subject.kept().gone();
        } else if (record.state() == PreviewState.READY && before == PreviewState.PROVISIONING) {
            subject.kept().seen(invariants.now());
        } else if (before != PreviewState.CLOSING
                && record.state() == PreviewState.CLOSING
                && record.closing().unseen()) {
            String kept = subject.kept()
                    .reason(record.lifetime().ttl(), invariants.now().plus(COARSE));
            verdict.require(
                    kept == null,
                    "what is pinned or was looked at is not closed unseen",
                    subject + " closes, but " + kept + "; the ledger says " + record.lifetime());
            subject.closing(invariants.now(), LifecycleSettings.DEFAULT.unseenGrace());
        }
    }

    private void covered(List<PreviewRecord> records) {
        Set<String> owned = new HashSet<>();
        Set<String> intents = new HashSet<>();
        for (PreviewRecord record : records) {
            if (record.machineId() != null) {
                owned.add(record.machineId());
            }
            owned.addAll(record.retired());
            if (record.creation() != null) {
                intents.add(record.creation().idempotencyKey());
            }
        }
        for (Machine machine : invariants.world().machines()) {
            boolean covered = owned.contains(machine.id())
                    || intents.contains(invariants.calls().keyOf(machine.id()))
                    || machine.view().phase() == Phase.DESTROYING
                    || invariants.unreadable(invariants.calls().madeFor(machine.id()));
            verdict.require(
                    covered,
                    "every living machine is in the ledger or covered by a pending intent",
                    "machine " + machine.id() + ", made for "
                            + invariants.calls().madeFor(machine.id()) + ", is "
                            + machine.view().phase());
        }
    }

    private void record(PreviewRecord record) {
        Subject subject = invariants.subject(record.key());
        PreviewState before = states.put(record.key(), record.state());
        boolean open = record.state() != PreviewState.CLOSING && record.state() != PreviewState.CLOSED;
        if (open && (before == PreviewState.CLOSING || before == PreviewState.CLOSED)) {
            subject.opened(subject.askedAt(record.order()));
        }
        lifetime(subject, record, before);
        if (record.state() == PreviewState.READY) {
            verdict.require(
                    subject.wanted(record.order(), record.commit()),
                    "READY means that a commit is shown that was asked for",
                    subject + " shows " + record.commit() + " for order " + record.order());
        }
    }
}
