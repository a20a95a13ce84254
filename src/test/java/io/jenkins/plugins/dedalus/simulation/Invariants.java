package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.preview.EngineAccess;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** All rules of a run, and where they find what they judge. */
final class Invariants {
    private final VirtualTime time;
    private final Verdict verdict;
    private final List<Subject> subjects;
    private final CallRules calls;
    private final ScriptRules scripts;
    private final LedgerRules ledger;
    private final OutcomeRules outcomes;
    private EngineProcess process;
    private World world;

    Invariants(VirtualTime time, List<Subject> subjects) {
        this.time = time;
        this.subjects = subjects;
        verdict = new Verdict(time);
        calls = new CallRules(verdict, time, this);
        scripts = new ScriptRules(verdict);
        ledger = new LedgerRules(verdict, this);
        outcomes = new OutcomeRules(verdict, this);
    }

    /** Since the run began. */
    Duration now() {
        return time.elapsed();
    }

    Verdict verdict() {
        return verdict;
    }

    CallRules calls() {
        return calls;
    }

    ScriptRules scripts() {
        return scripts;
    }

    LedgerRules ledger() {
        return ledger;
    }

    OutcomeRules outcomes() {
        return outcomes;
    }

    World world() {
        return world;
    }

    void judge(World judged) {
        world = judged;
    }

    /** Null while no process runs. */
    void judge(EngineProcess judged) {
        process = judged;
    }

    /** The records as the process that runs knows them; none while there is no process. */
    List<PreviewRecord> records() {
        return process == null || !process.alive() ? List.of() : EngineAccess.records(process.ledger());
    }

    /** Whether the process that runs could not read a preview's record, and therefore leaves it alone. */
    boolean unreadable(Subject subject) {
        return subject != null && process.disk().unreadable().contains(subject.key.id());
    }

    /** Whether the ledger knows of no machine. */
    boolean ownsNothing() {
        return records().stream()
                .allMatch(
                        record -> record.machineId() == null && record.retired().isEmpty());
    }

    boolean running() {
        return process != null && process.alive();
    }

    long ledgerVersion() {
        return process.ledger().version();
    }

    Optional<PreviewRecord> recordOf(String machineId) {
        return records().stream()
                .filter(record -> Objects.equals(record.machineId(), machineId)
                        || record.retired().contains(machineId))
                .findFirst();
    }

    Optional<PreviewRecord> intent(String idempotencyKey) {
        return records().stream()
                .filter(record -> record.creation() != null
                        && record.creation().idempotencyKey().equals(idempotencyKey))
                .findFirst();
    }

    Subject subject(PreviewKey key) {
        return subjects.stream()
                .filter(subject -> subject.key.equals(key))
                .findFirst()
                .orElseThrow();
    }

    List<Subject> subjects() {
        return subjects;
    }
}
