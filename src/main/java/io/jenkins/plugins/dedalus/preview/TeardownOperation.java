package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.AuthenticationException;
import io.jenkins.plugins.dedalus.client.DedalusException;
import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.NotFoundException;
import io.jenkins.plugins.dedalus.client.PermissionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Takes a preview down: asleep until its grace is over, then deleted. Forgets only after a read says that the machine is gone,
 * for an answer to a delete proves nothing.
 */
final class TeardownOperation extends Operation {
    private static final int READS_BEFORE_DELETING_AGAIN = 5;

    /** The names are in ledgers: rename none. */
    private enum Stage {
        INTERRUPT,
        RESOLVE,
        SLEEP,
        DELETE,
        CONFIRM
    }

    private final Teardown asked;
    private final Creation creation;
    private final Interruption interruption;

    /** Null {@code asked} goes on with the closing that stands in the ledger. */
    TeardownOperation(EngineParts parts, PreviewKey key, Teardown asked, ProgressListener listener) {
        super(parts, key, listener);
        this.asked = asked;
        this.creation = new Creation(this);
        this.interruption = new Interruption(this);
    }

    /** Whether an operation of the ledger's deletes what the preview is made of. */
    static boolean deletes(OperationRecord operation) {
        return operation != null
                && operation.kind() == OperationRecord.Kind.TEARDOWN
                && Stage.valueOf(operation.stage()).compareTo(Stage.DELETE) >= 0;
    }

    /** Whether a further teardown asks for nothing that this one doesn't do. */
    boolean covers(Teardown other) {
        return asked != null
                && asked.grace().compareTo(other.grace()) <= 0
                && (asked.confirmed() || !other.confirmed());
    }

    @Override
    void accept() {
        if (!desk.exists()) {
            parts.ledger().requireKnown(desk.key());
            return;
        }
        PreviewRecord record = desk.record();
        Instant now = parts.now();
        OperationRecord prior = record.operation();
        Closing closing = closing(record.closing(), now);
        boolean same =
                prior != null && prior.kind() == OperationRecord.Kind.TEARDOWN && closing.equals(record.closing());
        OperationRecord operation = same
                ? prior
                : new OperationRecord(
                        OperationRecord.Kind.TEARDOWN,
                        UUID.randomUUID().toString(),
                        Stage.INTERRUPT.name(),
                        record.order(),
                        record.commit(),
                        null,
                        now,
                        now,
                        prior == null ? null : prior.execution(),
                        0,
                        null,
                        false);
        desk.save(
                changed -> changed.state(PreviewState.CLOSING).closing(closing).operation(operation));
    }

    /** A confirmed closing beats an unconfirmed one; of two alike the sooner deletion counts. */
    private Closing closing(Closing before, Instant now) {
        if (asked == null) {
            return before == null
                    ? new Closing(now, false, now.plus(parts.settings().unconfirmedGrace()), "interrupted")
                    : before;
        }
        Duration least = parts.settings().unconfirmedGrace();
        Duration grace = asked.confirmed() || asked.grace().compareTo(least) > 0 ? asked.grace() : least;
        Closing fresh = new Closing(now, asked.confirmed(), now.plus(grace), asked.reason());
        if (before == null) {
            return fresh;
        }
        boolean stronger =
                fresh.confirmed() && (!before.confirmed() || fresh.deleteAt().isBefore(before.deleteAt()));
        return stronger ? new Closing(before.since(), true, fresh.deleteAt(), fresh.reason()) : before;
    }

    @Override
    Duration tick() {
        if (!desk.exists()) {
            progress.phase("gone");
            return complete(new PreviewRecordBuilder(desk.key())
                    .state(PreviewState.CLOSED)
                    .build());
        }
        return switch (Stage.valueOf(desk.operation().stage())) {
            case INTERRUPT -> interrupt();
            case RESOLVE -> resolve();
            case SLEEP -> sleep();
            case DELETE -> delete();
            case CONFIRM -> confirm();
        };
    }

    private Duration interrupt() {
        progress.phase("stopping what runs");
        try {
            return interruption.tick() ? advance(Stage.RESOLVE) : idle();
        } catch (DedalusException e) {
            // The machine is put to sleep or deleted anyway.
            progress.line(e.getMessage());
            return advance(Stage.RESOLVE);
        }
    }

    /** A machine whose create was never answered must be known before it can be deleted. */
    private Duration resolve() {
        if (desk.record().creation() != null) {
            progress.phase("finding the machine");
            creation.resolve();
        }
        boolean now = !desk.record().closing().deleteAt().isAfter(parts.now());
        return advance(now || desk.record().machineId() == null ? Stage.DELETE : Stage.SLEEP);
    }

    private Duration sleep() {
        progress.phase("putting the machine to sleep");
        PreviewRecord record = desk.record();
        SleepOutcome outcome = Sleeping.ask(parts, record.machineId(), options());
        progress.line(outcome.sentence());
        progress.line(
                "The machine and its data are deleted at " + record.closing().deleteAt()
                        + (record.closing().confirmed() ? "." : ", unless the closing turns out to be a mistake."));
        return complete(desk.save(changed -> changed.operation(null).problem(null)));
    }

    private Duration delete() {
        progress.phase("deleting the machine");
        List<String> owned = desk.record().machines();
        if (owned.isEmpty()) {
            return desk.record().creation() == null ? gone() : advance(Stage.RESOLVE);
        }
        String id = owned.get(0);
        parts.gate()
                .forget(
                        id,
                        "Preview " + desk.key().id() + " was taken down: "
                                + desk.record().closing().reason());
        String key = desk.operation().callKey();
        if (key == null) {
            key = "delete-" + UUID.randomUUID();
            String intended = key;
            desk.saveOperation(op -> op.withCallKey(intended));
        }
        String sent = key;
        try {
            parts.call(
                    "delete",
                    () -> parts.client().machines().delete(id, options().withIdempotencyKey(sent)));
        } catch (AuthenticationException | PermissionException e) {
            throw e;
        } catch (DedalusException e) {
            progress.line(e.getMessage() + " That says nothing about the machine; reading it.");
        }
        return advance(Stage.CONFIRM);
    }

    private Duration confirm() {
        progress.phase("waiting until the machine is gone");
        PreviewRecord record = desk.record();
        List<String> owned = record.machines();
        if (owned.isEmpty()) {
            return gone();
        }
        String id = owned.get(0);
        String seen;
        try {
            Machine machine =
                    parts.call("confirm", () -> parts.client().machines().get(id, options()));
            if (Machines.isGone(machine)) {
                return wiped(record, id);
            }
            seen = Machines.describe(machine);
            if (!machine.phase().equals(MachinePhase.DESTROYING) && reads(record) >= READS_BEFORE_DELETING_AGAIN) {
                return advance(Stage.DELETE);
            }
        } catch (NotFoundException e) {
            return wiped(record, id);
        }
        if (Duration.between(record.operation().since(), parts.now())
                        .compareTo(parts.settings().deleteLimit())
                > 0) {
            throw new PreviewException(
                    "Machine " + id + " of preview " + desk.key().id()
                            + " is not confirmed gone yet: Dedalus says " + seen
                            + ". The record stays; the reconciler goes on deleting it.");
        }
        desk.saveOperation(op -> op.withIndex(op.index() + 1));
        return idle();
    }

    private static int reads(PreviewRecord record) {
        return record.operation().index() + 1;
    }

    private Duration wiped(PreviewRecord record, String id) {
        List<String> retired = new ArrayList<>(record.retired());
        retired.remove(id);
        boolean current = id.equals(record.machineId());
        Instant now = parts.now();
        desk.save(changed -> (current ? changed.machine(null).ports(Map.of()).startable(false) : changed)
                .retired(retired)
                .operation(record.operation().at(Stage.DELETE.name(), now)));
        progress.line("machine " + id + " is gone");
        return Duration.ZERO;
    }

    private Duration gone() {
        PreviewRecord last = desk.save(
                changed -> changed.state(PreviewState.CLOSED).operation(null).problem(null));
        if (parts.settings().tombstone().isZero()) {
            desk.forget();
        }
        progress.phase("gone");
        return complete(last);
    }

    private Duration advance(Stage next) {
        Instant now = parts.now();
        desk.saveOperation(op -> op.at(next.name(), now));
        lively();
        return Duration.ZERO;
    }

    /** A 404 is believed only of the machine itself, and only when it is read: anything else may be a wrong address. */
    @Override
    Duration onMissing(DedalusException missing) {
        return switch (Stage.valueOf(desk.operation().stage())) {
            case RESOLVE -> throw missing;
            case SLEEP ->
                Machines.isGone(parts, desk.record().machineId(), options())
                        ? advance(Stage.DELETE)
                        : notAsleep(missing);
            default -> advance(Stage.DELETE);
        };
    }

    private Duration notAsleep(DedalusException why) {
        progress.line(why.getMessage());
        return complete(desk.save(changed -> changed.operation(null).problem(why.getMessage())));
    }

    @Override
    void recordFailure(RuntimeException failure) {
        if (desk.exists()) {
            desk.save(record -> record.operation(null).problem(failure.getMessage()));
        }
    }
}
