package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Does what an action says, through the engine's public face or behind its back. */
final class Actor {
    private static final Duration UNCONFIRMED = Duration.ofDays(7);
    private static final List<SimulatedDisk.Trouble> DISK_TROUBLES = List.of(
            SimulatedDisk.Trouble.FULL,
            SimulatedDisk.Trouble.BEFORE_WRITE,
            SimulatedDisk.Trouble.AFTER_RENAME,
            SimulatedDisk.Trouble.AFTER_FORCE);
    private static final double UNREADABLE = 0.2;

    private final Run run;
    private final Asked asked;

    Actor(Run run, Asked asked) {
        this.run = run;
        this.asked = asked;
    }

    void act(Action action) {
        Chance chance = new Chance(action.seed());
        Subject subject = run.subjects().get(action.preview());
        run.trace().line(() -> "ACTION " + action);
        switch (action.what()) {
            case DESTROY_MACHINE -> machineOf(subject).ifPresent(run.world()::destroy);
            case MACHINE_FAULT -> machineFault(subject, chance);
            case CLOCK_JUMP ->
                run.clockJumps(chance.of(0.5) ? chance.seconds(-900_000, 900_000) : chance.seconds(-900, 900));
            case BLACKOUT -> run.world().faults().blackout(chance.seconds(5, 600));
            case OUTAGE -> run.world().faults().outage(chance, chance.seconds(5, 1_200));
            default -> {
                if (run.process().alive()) {
                    engine(action, subject, chance);
                }
            }
        }
    }

    private void engine(Action action, Subject subject, Chance chance) {
        switch (action.what()) {
            case ENSURE_NEW -> ensure(subject, subject.nextOrder(), subject.newCommit(), chance);
            case ENSURE_SAME -> again(subject, subject.lastOrder());
            case ENSURE_OLDER -> again(subject, subject.lastOrder() - 1);
            case ENSURE_OTHER_COMMIT -> {
                if (subject.lastOrder() > 0) {
                    ensure(subject, subject.lastOrder(), subject.newCommit(), chance);
                }
            }
            case TEARDOWN_NOW -> teardown(subject, Duration.ZERO, true);
            case TEARDOWN_WITH_GRACE -> teardown(subject, chance.seconds(600, 260_000), true);
            case TEARDOWN_UNCONFIRMED -> teardown(subject, Duration.ZERO, false);
            case REOPEN -> reopen(subject);
            case PIN, UNPIN, EXTEND -> lifetime(action.what(), subject, chance);
            case WAKE -> {
                Duration now = run.time().elapsed();
                asked.promised(
                        "wake of " + subject,
                        () -> run.process().lifecycle().wake(subject.key),
                        awake -> looked(subject, now));
            }
            case SLEEP ->
                asked.promised(
                        "sleep of " + subject, () -> run.process().lifecycle().sleep(subject.key));
            case EXEC -> asked.command(new ExecLog(subject, "command-" + Long.toHexString(action.seed())));
            case CANCEL -> cancel(subject, chance);
            case RECONCILE -> asked.reconcile(false);
            case ADOPT -> asked.person(subject);
            case DISK_FAULT -> diskFault(chance);
            case RESTART -> run.restart();
            case DOWNGRADE -> run.downgrade();
            case KEY_CHANGE -> {
                // A ledger without machines belongs to whatever account comes next.
                if (run.invariants().records().stream().anyMatch(record -> record.machineId() != null)) {
                    run.changeKey();
                }
            }
            case CRASH -> run.process().crashAfter(chance.below(60));
            default -> throw new IllegalStateException(action.toString());
        }
    }

    private void ensure(Subject subject, long order, String commit, Chance chance) {
        asked.build(new Build(subject, Requests.of(subject, order, commit, chance)));
    }

    private void again(Subject subject, long order) {
        Build before = subject.build(order);
        if (before != null) {
            asked.build(before);
        }
    }

    private void teardown(Subject subject, Duration grace, boolean confirmed) {
        boolean least = !confirmed && grace.compareTo(UNCONFIRMED) < 0;
        subject.closing(run.time().elapsed(), least ? UNCONFIRMED : grace);
        asked.operation("teardown of " + subject, () -> run.process()
                .lifecycle()
                .teardown(subject.key, new Teardown("somebody closed it", grace, confirmed), progress -> {}));
    }

    private void reopen(Subject subject) {
        asked.safely(() -> {
            if (run.process().lifecycle().reopen(subject.key)) {
                subject.opened(run.time().elapsed());
            }
        });
    }

    /** A look counts once there was time to write it down, on a disk that takes it. */
    private void looked(Subject subject, Duration at) {
        EngineProcess process = run.process();
        boolean troubled = process.disk().troubled();
        run.time().schedule(Duration.ofSeconds(5), () -> true, () -> {
            if (!troubled && process.alive() && !process.disk().troubled()) {
                subject.kept().seen(at);
            }
        });
    }

    private void lifetime(Action.What what, Subject subject, Chance chance) {
        Duration now = run.time().elapsed();
        Duration length = chance.seconds(3_600, 170_000);
        if (what == Action.What.UNPIN) {
            subject.kept().unpinned();
            asked.promised(
                    "unpinning of " + subject,
                    () -> run.process().lifecycle().lifetimes().unpin(subject.key));
        } else if (what == Action.What.EXTEND) {
            asked.promised(
                    "extension of " + subject,
                    () -> run.process().lifecycle().lifetimes().extend(subject.key, length),
                    record -> subject.kept().extended(now.plus(length)));
        } else if (chance.of(0.5)) {
            asked.promised(
                    "pinning of " + subject,
                    () -> run.process().lifecycle().lifetimes().pinFor(subject.key, length),
                    record -> subject.kept().pinned(now.plus(length)));
        } else {
            asked.promised(
                    "pinning of " + subject,
                    () -> run.process().lifecycle().lifetimes().pin(subject.key, null),
                    record -> subject.kept().pinned(null));
        }
    }

    private void cancel(Subject subject, Chance chance) {
        Optional<PreviewOperation> running = run.process().lifecycle().running(subject.key);
        if (running.isPresent() && chance.of(0.7)) {
            running.get().cancel("somebody cancelled it");
        } else {
            asked.cancelCommand(subject);
        }
    }

    private void diskFault(Chance chance) {
        if (chance.of(UNREADABLE)) {
            run.unreadable();
            return;
        }
        SimulatedDisk disk = run.process().disk();
        disk.trouble(chance.pick(DISK_TROUBLES));
        run.time().schedule(chance.seconds(1, 300), () -> true, () -> disk.trouble(SimulatedDisk.Trouble.NONE));
    }

    private Optional<Machine> machineOf(Subject subject) {
        return run.invariants().records().stream()
                .filter(record -> record.key().equals(subject.key))
                .map(PreviewRecord::machineId)
                .flatMap(id -> run.world().machines().stream()
                        .filter(machine -> machine.id().equals(id)))
                .findFirst();
    }

    private void machineFault(Subject subject, Chance chance) {
        String id = machineOf(subject).map(Machine::id).orElse(null);
        Fault fault =
                switch (chance.below(7)) {
                    case 0 -> Fault.of(Fault.Kind.WAKE_FAILS);
                    case 1 -> Fault.of(Fault.Kind.MEMORY_LOST);
                    case 2 -> Fault.of(Fault.Kind.WAKE_SLOW).withDelay(chance.seconds(5, 200));
                    case 3 -> Fault.of(Fault.Kind.PREVIEW_LATE).withDelay(chance.seconds(5, 120));
                    case 4 -> Fault.execution(1 + chance.below(3), "machine_not_routable");
                    case 5 ->
                        Fault.executionFails("execution_runner_interrupted").withDelay(chance.seconds(0, 60));
                    default -> Fault.of(Fault.Kind.PLACEMENT_STUCK);
                };
        if (fault.kind() == Fault.Kind.PLACEMENT_STUCK) {
            long armed = run.world().machineFaults().add(fault);
            run.time().schedule(chance.seconds(10, 600), () -> true, () -> run.world()
                    .machineFaults()
                    .remove(armed));
        } else {
            run.world().machineFaults().add(id == null ? fault : fault.withMachine(id));
        }
    }
}
