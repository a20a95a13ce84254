package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.AuthenticationException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.PermissionException;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.ledger.TeardownStage;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.wake.MachineStates;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes a preview down: asleep until its grace is over, then deleted. Forgets only after a read says that the machine is gone,
 * for an answer to a delete proves nothing.
 */
public final class TeardownOperation extends Operation {
    private static final int READS_BEFORE_DELETING_AGAIN = 5;

    private final Teardown asked;
    private final Creation creation;
    private final Interruption interruption;
    private final boolean due;
    private final long began;
    /** The machine whose deletion Dedalus accepted; null before. */
    private String accepted;
    /** Somebody was quicker than the closing of what nobody looks at. */
    private boolean renewed;

    public TeardownOperation(EngineContext parts, PreviewKey key, Teardown asked, ProgressListener listener) {
        this(parts, key, asked, asked.confirmed() && asked.grace().isZero(), listener);
    }

    private TeardownOperation(
            EngineContext parts, PreviewKey key, Teardown asked, boolean due, ProgressListener listener) {
        super(parts, key, listener);
        this.asked = asked;
        this.due = due;
        this.began = parts.nanos();
        this.creation = new Creation(this);
        this.interruption = new Interruption(this);
    }

    /** Goes on with the closing that stands in the ledger; deletes if its time is over. */
    public static TeardownOperation proceeding(EngineContext parts, PreviewKey key, boolean due) {
        return new TeardownOperation(parts, key, null, due, ProgressListener.NONE);
    }

    /** Whether a further teardown asks for nothing that this one doesn't do. */
    public boolean covers(Teardown other) {
        return asked != null
                && (!asked.unseen() || other.unseen())
                && asked.grace().compareTo(other.grace()) <= 0
                && (asked.confirmed() || !other.confirmed());
    }

    @Override
    void accept() {
        if (!editor.exists()) {
            parts.ledger().requireKnown(editor.key());
            return;
        }
        PreviewRecord closing = editor.change(this::begin);
        if (renewed) {
            return;
        }
        if (closing.closing().confirmed() && closing.machineId() != null) {
            // Nobody wakes it any more, nor does a wake that is under way.
            parts.gate().forget(closing.machineId(), takenDown());
        }
    }

    /** Runs while nobody else can change the record: what was pinned or looked at meanwhile does not close. */
    private PreviewRecord begin(PreviewRecord record) {
        Instant now = parts.now();
        renewed = asked != null && asked.unseen() && !parts.lifetime(record).expired(now);
        if (renewed) {
            return record;
        }
        OperationRecord prior = record.operation();
        Closing closing = closing(record.closing(), now);
        boolean same =
                prior != null && prior.kind() == OperationRecord.Kind.TEARDOWN && closing.equals(record.closing());
        OperationRecord operation = same
                ? prior
                : new OperationRecord(
                        OperationRecord.Kind.TEARDOWN,
                        UUID.randomUUID().toString(),
                        TeardownStage.INTERRUPT.name(),
                        record.order(),
                        record.commit(),
                        null,
                        now,
                        now,
                        null,
                        0,
                        null,
                        false);
        PreviewRecordBuilder changed = record.toBuilder();
        return (same ? changed.operation(operation) : changed.begin(operation))
                .state(PreviewState.CLOSING)
                .closing(closing)
                .updatedAt(now)
                .build();
    }

    private String takenDown() {
        return "Preview " + editor.key().id() + " was taken down: "
                + editor.record().closing().reason();
    }

    /** A confirmed closing beats an unconfirmed one; of two alike the sooner deletion counts. */
    private Closing closing(Closing known, Instant now) {
        boolean serverTime = parts.knowsTime();
        boolean comparable = asked == null || known == null || known.serverTime() || !serverTime || known.atOnce();
        Closing before = comparable ? known : known.from(now);
        if (asked == null) {
            return before == null
                    ? new Closing(now, false, now.plus(parts.settings().unconfirmedGrace()), "interrupted", serverTime)
                    : before;
        }
        Duration least = parts.settings().unconfirmedGrace();
        Duration grace = asked.confirmed() || asked.grace().compareTo(least) > 0 ? asked.grace() : least;
        Closing fresh =
                new Closing(now, asked.confirmed(), now.plus(grace), asked.reason(), serverTime, asked.unseen());
        if (before == null) {
            return fresh;
        }
        // Times of two clocks can't be compared; that there is no grace can.
        boolean sooner = fresh.serverTime() == before.serverTime()
                ? fresh.deleteAt().isBefore(before.deleteAt())
                : fresh.atOnce();
        if (fresh.confirmed() && (!before.confirmed() || sooner)) {
            return fresh;
        }
        return fresh.confirmed() && before.unseen() ? before.asked(fresh.reason()) : before;
    }

    @Override
    Duration tick() {
        if (!editor.exists()) {
            progress.phase("gone");
            return complete(new PreviewRecordBuilder(editor.key())
                    .state(PreviewState.CLOSED)
                    .build());
        }
        if (renewed) {
            return complete(editor.record());
        }
        return switch (TeardownStage.of(editor.operation())) {
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
            return interruption.tick() ? advance(TeardownStage.RESOLVE) : idle();
        } catch (DedalusException e) {
            // The machine is put to sleep or deleted anyway.
            progress.line(e.getMessage());
            return e.retryable() && !interruption.givesUp() ? idle() : advance(TeardownStage.RESOLVE);
        }
    }

    /** A machine whose create was never answered must be known before it can be deleted. */
    private Duration resolve() {
        if (editor.record().creation() != null) {
            progress.phase("finding the machine");
            if (!creation.resolve()) {
                return idle();
            }
        }
        return advance(
                due || editor.record().closing().atOnce() || editor.record().machineId() == null
                        ? TeardownStage.DELETE
                        : TeardownStage.SLEEP);
    }

    private Duration sleep() {
        progress.phase("putting the machine to sleep");
        PreviewRecord record = editor.record();
        SleepOutcome outcome = Sleeping.ask(parts, record, change()).outcome();
        progress.line(outcome.sentence());
        progress.line(
                "The machine and its data are deleted at " + record.closing().deleteAt()
                        + (record.closing().confirmed() ? "." : ", unless the closing turns out to be a mistake."));
        return complete(editor.save(changed -> changed.operation(null).problem(null)));
    }

    /** Goes before the polls if somebody asked for it. */
    private RequestOptions change() {
        return asked == null ? options() : urgent();
    }

    private Duration delete() {
        progress.phase("deleting the machine");
        List<String> owned = editor.record().machines();
        if (owned.isEmpty()) {
            return editor.record().creation() == null ? gone() : advance(TeardownStage.RESOLVE);
        }
        String id = owned.get(0);
        parts.gate().forget(id, takenDown());
        String key = editor.operation().callKey();
        if (key == null) {
            key = IdempotencyKeys.next(parts.now());
            String intended = key;
            editor.saveOperation(op -> op.withCallKey(intended));
        }
        String sent = key;
        try {
            parts.call("delete", () -> parts.client().machines().delete(id, change().withIdempotencyKey(sent)));
            accepted = id;
        } catch (AuthenticationException | PermissionException | RateLimitException e) {
            throw e;
        } catch (DedalusException e) {
            progress.line(e.getMessage() + " That says nothing about the machine; reading it.");
        }
        return advance(TeardownStage.CONFIRM);
    }

    private Duration confirm() {
        progress.phase("waiting until the machine is gone");
        PreviewRecord record = editor.record();
        List<String> owned = record.machines();
        if (owned.isEmpty()) {
            return gone();
        }
        String id = owned.get(0);
        Optional<Machine> read =
                parts.call("confirm", () -> parts.whereabouts().read(id, options(), id.equals(accepted)));
        if (read.isEmpty() || MachineStates.isGone(read.get())) {
            return wiped(record, id);
        }
        Machine machine = read.get();
        String seen = MachineStates.describe(machine);
        if (!machine.phase().equals(MachinePhase.DESTROYING) && reads(record) >= READS_BEFORE_DELETING_AGAIN) {
            return advance(TeardownStage.DELETE);
        }
        if (parts.since(began).compareTo(parts.settings().deleteLimit()) > 0) {
            throw new PreviewException(
                    "Machine " + id + " of preview " + editor.key().id()
                            + " is not confirmed gone yet: Dedalus says " + seen
                            + ". The record stays; the reconciler goes on deleting it.");
        }
        editor.saveOperation(op -> op.withIndex(op.index() + 1));
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
        editor.save(changed -> (current ? changed.machine(null).ports(Map.of()).startable(false) : changed)
                .retired(retired)
                .operation(record.operation().at(TeardownStage.DELETE.name(), now)));
        progress.line("machine " + id + " is gone");
        return Duration.ZERO;
    }

    private Duration gone() {
        PreviewRecord last = editor.save(
                changed -> changed.state(PreviewState.CLOSED).operation(null).problem(null));
        if (parts.settings().tombstone().isZero()) {
            editor.forget();
        }
        progress.phase("gone");
        return complete(last);
    }

    private Duration advance(TeardownStage next) {
        Instant now = parts.now();
        editor.saveOperation(op -> op.at(next.name(), now));
        lively();
        return Duration.ZERO;
    }

    /** A 404 is believed only of the machine itself, and only when it is read: anything else may be a wrong address. */
    @Override
    Duration onMissing(DedalusException missing) {
        return switch (TeardownStage.of(editor.operation())) {
            case RESOLVE -> throw missing;
            case SLEEP ->
                parts.whereabouts().isGone(editor.record().machineId(), options())
                        ? advance(TeardownStage.DELETE)
                        : notAsleep(missing);
            default -> advance(TeardownStage.DELETE);
        };
    }

    private Duration notAsleep(DedalusException why) {
        progress.line(why.getMessage());
        return complete(editor.save(changed -> changed.operation(null).problem(why.getMessage())));
    }

    @Override
    void recordFailure(RuntimeException failure) {
        if (editor.exists()) {
            editor.save(record -> record.abandon().problem(failure.getMessage()));
        }
    }
}
