package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.util.Optional;

/** What holds when the engine says that it has done something. */
final class OutcomeRules {
    private static final String READY =
            "READY means that the commit of the highest accepted order is deployed and its deploy ran last";

    private final Verdict verdict;
    private final Invariants invariants;

    OutcomeRules(Verdict verdict, Invariants invariants) {
        this.verdict = verdict;
        this.invariants = invariants;
    }

    void built(Build build, PreviewRecord record, BuildLog log) {
        verdict.require(record.state() == PreviewState.READY, READY, build + " succeeded, but it is " + record.state());
        verdict.require(
                build.commit().equals(record.commit()), READY, build + " succeeded, but it shows " + record.commit());
        Optional<Machine> machine = invariants.world().machines().stream()
                .filter(one -> one.id().equals(record.machineId()))
                .findFirst();
        machine.map(invariants.world()::played)
                .ifPresent(played -> verdict.require(
                        build.commit().equals(played.deployed()),
                        READY,
                        build + " succeeded, but on " + played.id() + " the last whole deploy is of "
                                + played.deployed()));
        log.complete(invariants.scripts());
    }

    void ran(String id, String executionId, String heard) {
        String printed = invariants.scripts().text(executionId);
        verdict.require(
                printed.equals(heard),
                BuildLog.RULE,
                "command " + id + " printed [" + printed + "], its listener heard [" + heard + "]");
    }

    void failed(Throwable failure) {
        Secrets.check(failure, verdict);
        boolean known = failure.getClass().getName().startsWith("io.jenkins.plugins.dedalus.")
                || failure instanceof java.util.concurrent.CancellationException
                || failure instanceof Crash;
        verdict.require(known, "failures are sentences to a person", failure.toString());
    }
}
