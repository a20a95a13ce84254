package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.preview.error.QuotaException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.TeardownStage;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.room.MachineLimits;
import io.jenkins.plugins.dedalus.preview.room.WaitingLine;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a build comes to a machine when there may be no more: of the closed previews that nobody pinned, and that the
 * build may be told of, one is deleted before its grace is over; those whose change request is open go last. If there is none,
 * the build waits in a line or fails, as the settings have it.
 */
final class Room {
    /** Between two tries of an account that has no room: each is a create. */
    private static final Duration PLAN = Duration.ofSeconds(30);

    private static final String PLAN_FULL = "the account's plan allows no more";

    private final EnsureOperation operation;
    private final EngineContext parts;
    private final PreviewKey key;
    private final Creation creation;
    /** Whose machine is being deleted for this build; null if nobody's. */
    private PreviewKey evicted;

    private long evictedAt;
    /** Whether the platform refused and something was deleted for that: what it counts is not known, so once is enough. */
    private boolean evictedForPlan;

    private Long since;
    private String told;

    Room(EnsureOperation operation, Creation creation) {
        this.operation = operation;
        this.parts = operation.parts;
        this.key = operation.editor.key();
        this.creation = creation;
    }

    /**
     * Writes down that a machine is made, once there is room.
     *
     * @return after which time to ask again; empty if there was room
     */
    Optional<Duration> take(PreviewSpec spec) {
        WaitingLine.Place place = parts.line().place(key).orElse(null);
        if (place != null && place.number() > 1) {
            tell("Waiting for a machine: place " + place.number() + " of " + place.of() + ".");
            return Optional.of(operation.idle());
        }
        if (comes()) {
            return Optional.of(operation.idle());
        }
        MachineLimits.Full full = creation.intend(spec).orElse(null);
        if (full == null) {
            return Optional.empty();
        }
        return Optional.of(waits(full, () -> Quota.refusal(parts, key, full, operation.options()), operation.idle()));
    }

    /** There is room: nobody waits longer for this one. */
    void taken() {
        parts.line().leave(key);
        since = null;
        evicted = null;
    }

    /** The platform has no room. Returns after which time to ask again. */
    Duration refused(QuotaException refusal) {
        List<PreviewRecord> owners = parts.ledger().list().stream()
                .filter(record -> !record.key().equals(key))
                .filter(MachineLimits::counts)
                .toList();
        MachineLimits.Full full =
                new MachineLimits.Full(PLAN_FULL, owners, parts.limits().nameable(key, owners), refusal.getMessage());
        return waits(full, () -> refusal, PLAN);
    }

    private Duration waits(MachineLimits.Full full, Supplier<QuotaException> refusal, Duration pause) {
        since = since == null ? (Long) parts.nanos() : since;
        boolean waits = parts.settings().waitsForRoom()
                || parts.since(since).compareTo(parts.settings().deleteLimit()) < 0;
        boolean comes = waits
                && (comes()
                        || full.counted().stream().anyMatch(record -> TeardownStage.deletes(record.operation()))
                        || evict(full));
        if (!parts.settings().waitsForRoom() && !comes) {
            parts.line().leave(key);
            throw refusal.get();
        }
        WaitingLine.Place place = parts.line().join(key, full.reason());
        tell("A machine is needed, but " + full.reason() + "; waiting for one: place " + place.number() + " of "
                + place.of() + ".");
        return comes ? operation.idle() : pause;
    }

    /** Whether the machine that is deleted for this build is still there, as a deletion takes a while. */
    private boolean comes() {
        return evicted != null
                && parts.since(evictedAt).compareTo(parts.settings().deleteLimit()) < 0
                && parts.ledger()
                        .get(evicted)
                        .filter(record -> record.state() == PreviewState.CLOSING)
                        .filter(MachineLimits::counts)
                        .isPresent();
    }

    private boolean evict(MachineLimits.Full full) {
        boolean plan = full.reason().equals(PLAN_FULL);
        if (plan && evictedForPlan) {
            return false;
        }
        Optional<PreviewRecord> first = full.nameable().stream()
                .filter(this::mayGo)
                .min(Comparator.comparing(
                                (PreviewRecord record) -> record.closing().unseen())
                        .thenComparing(record -> record.closing().since()));
        return first.filter(record -> {
                    boolean goes = parts.line().evictor().evict(record, "Another preview needed its machine.");
                    if (goes) {
                        evicted = record.key();
                        evictedAt = parts.nanos();
                        evictedForPlan |= plan;
                        tell("A machine is needed, but " + full.reason() + ": "
                                + record.key().id() + ", closed since "
                                + record.closing().since() + ", is deleted now instead of at "
                                + record.closing().deleteAt() + ".");
                    }
                    return goes;
                })
                .isPresent();
    }

    /** Of this ledger, known to be closed, asleep, and neither pinned nor about to be deleted anyway. */
    private boolean mayGo(PreviewRecord record) {
        return record.state() == PreviewState.CLOSING
                && record.closing() != null
                && record.closing().confirmed()
                && !record.closing().atOnce()
                && record.operation() == null
                && !record.lifetime().pinnedAt(parts.now())
                && parts.ledger().get(record.key()).filter(record::equals).isPresent();
    }

    private void tell(String text) {
        if (!text.equals(told)) {
            told = text;
            operation.progress.line(text);
        }
    }
}
