package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.Phase;
import io.jenkins.plugins.dedalus.preview.EngineAccess;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What must come true once nothing goes wrong any more: eight days, then one more build of each preview, then all down. */
final class Ending {
    /** Two looks of the reconciler, as they come here. */
    private static final Duration LOOKS = Duration.ofHours(13);

    private static final String RULE = "eventually all is well";

    private final Run run;
    private final Asked asked;

    Ending(Run run, Asked asked) {
        this.run = run;
        this.asked = asked;
    }

    void play() {
        if (guilty()) {
            return;
        }
        run.calm();
        reconcile(Duration.ofMinutes(5), 24);
        noLongerWaiting();
        asleep();
        reconcile(Duration.ofHours(6), 32);
        quiet();
        records().forEach(this::settled);
        everyMachineIsWanted();
        buildOnceMore();
        tearDown();
    }

    /** Who still waits for a machine when nobody closes anything any more gives up. */
    private void noLongerWaiting() {
        if (run.world().patient() && run.process().alive()) {
            run.subjects().forEach(subject -> run.process()
                    .lifecycle()
                    .running(subject.key)
                    .ifPresent(operation -> operation.cancel("nobody closes anything any more")));
            run.runFor(Duration.ofMinutes(30));
        }
    }

    private boolean guilty() {
        return run.invariants().verdict().guilty();
    }

    private Iterable<PreviewRecord> records() {
        return run.invariants().records();
    }

    private void require(boolean holds, String what) {
        run.invariants().verdict().require(holds || guilty(), RULE, what);
    }

    private void reconcile(Duration pause, int times) {
        for (int i = 0; i < times && !guilty(); i++) {
            run.runFor(pause);
            if (run.process().alive()) {
                run.subjects().forEach(asked::person);
                asked.reconcile(true);
            }
        }
        run.runFor(Duration.ofMinutes(10));
    }

    private void quiet() {
        require(run.process().alive(), "no process runs");
        require(asked.unanswered().isEmpty(), "never answered: " + asked.unanswered());
        if (run.process().alive()) {
            int queues = EngineAccess.queues(run.process().lifecycle());
            require(queues == 0, queues + " lanes are left");
            require(!run.process().lifecycle().busy(), "the engine is busy");
        }
    }

    /** Who waits for the end of a grace sleeps, for sleep costs little. */
    private void asleep() {
        if (run.world().sleepForbidden()) {
            return;
        }
        long awake = run.world().machines().stream()
                .filter(machine -> machine.view().phase() == Phase.RUNNING)
                .count();
        int most = run.world().maxAwake();
        require(most == 0 || awake <= most, awake + " machines are awake, allowed are " + most);
        for (Machine machine : run.world().machines()) {
            boolean closing = run.invariants()
                    .recordOf(machine.id())
                    .filter(record -> record.state() == PreviewState.CLOSING)
                    .isPresent();
            require(
                    !closing || machine.view().phase() != Phase.RUNNING,
                    "machine " + machine.id() + " of a closing preview is "
                            + machine.view().phase());
        }
    }

    private void settled(PreviewRecord record) {
        boolean rests = record.operation() == null
                && record.creation() == null
                && record.retired().isEmpty();
        require(
                rests && record.state() != PreviewState.CLOSING && record.state() != PreviewState.PROVISIONING,
                "stuck: " + record);
        Instant looks = run.world().serverNow().minus(LOOKS);
        require(
                record.state() == PreviewState.CLOSED || !record.lifetime().expired(looks),
                "its time is over and it is not closed: " + record);
    }

    private void everyMachineIsWanted() {
        for (Machine machine : run.world().machines()) {
            Optional<PreviewRecord> owner = run.invariants().recordOf(machine.id());
            require(
                    owner.isPresent(),
                    "nobody's machine " + machine.id() + " is " + machine.view().phase());
        }
    }

    private void buildOnceMore() {
        if (guilty() || run.world().tight() || run.world().cap() > 0) {
            return;
        }
        for (Subject subject : run.subjects()) {
            Build last = new Build(
                    subject,
                    Requests.of(subject, subject.nextOrder(), subject.newCommit(), new Chance(subject.number)));
            asked.build(last);
        }
        run.runFor(Duration.ofHours(3));
        quiet();
        for (Subject subject : run.subjects()) {
            Optional<PreviewRecord> record = run.invariants().records().stream()
                    .filter(one -> one.key().equals(subject.key))
                    .findFirst();
            boolean ready = record.isPresent()
                    && record.get().state() == PreviewState.READY
                    && record.get().order() == subject.lastOrder();
            require(ready, "the last build of " + subject + " left " + record.orElse(null));
        }
    }

    private void tearDown() {
        if (guilty()) {
            return;
        }
        for (Subject subject : run.subjects()) {
            subject.closing(run.time().elapsed(), Duration.ZERO);
            asked.operation("the last teardown of " + subject, () -> run.process()
                    .lifecycle()
                    .teardown(
                            subject.key,
                            io.jenkins.plugins.dedalus.preview.model.Teardown.now("the end"),
                            progress -> {}));
        }
        run.runFor(Duration.ofMinutes(20));
        reconcile(Duration.ofMinutes(10), 3);
        quiet();
        for (Machine machine : run.world().machines()) {
            require(machine.view().phase() == Phase.DESTROYED, "machine " + machine.id() + " is left");
        }
    }
}
