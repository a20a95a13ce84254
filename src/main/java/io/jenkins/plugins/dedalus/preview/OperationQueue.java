package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.SupersededException;
import io.jenkins.plugins.dedalus.preview.ledger.Lifetime;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import io.jenkins.plugins.dedalus.preview.operation.EnsureOperation;
import io.jenkins.plugins.dedalus.preview.operation.Operation;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.operation.ResetOperation;
import io.jenkins.plugins.dedalus.preview.operation.SettleOperation;
import io.jenkins.plugins.dedalus.preview.operation.TeardownOperation;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** One preview's operations: one at a time, the newest commit wins, close beats create. */
final class OperationQueue {
    private final EngineContext parts;
    private final PreviewKey key;
    private final Runnable settled;
    /** Who uses this lane at the moment, and the operations that run or wait in it. */
    private final AtomicInteger holders = new AtomicInteger();

    private Operation current;
    /** The highest order that was asked for here, whether or not it stands in the ledger yet. */
    private long highest = Long.MIN_VALUE;
    /** Completes when nothing that was ever queued here ticks any more. */
    private CompletableFuture<Void> tail = CompletableFuture.completedFuture(null);

    /** With what to do whenever an operation has settled: it has to {@link #release}. */
    OperationQueue(EngineContext parts, PreviewKey key, Runnable settled) {
        this.parts = parts;
        this.key = key;
        this.settled = settled;
    }

    void hold() {
        holders.incrementAndGet();
    }

    /** True if nobody holds it any more. */
    boolean release() {
        return holders.decrementAndGet() == 0;
    }

    /** Asks for a commit as the newest: the order is given here, where no other request can get the same. */
    synchronized PreviewOperation newest(PreviewRequest request, ProgressListener listener) {
        PreviewRecord record = parts.ledger().get(key).orElse(null);
        OperationRecord operation = record == null ? null : record.operation();
        boolean interrupted = current == null
                && operation != null
                && operation.kind() == OperationRecord.Kind.ENSURE
                && Objects.equals(operation.commit(), request.change().commit());
        long last = Math.max(highest, record == null ? Long.MIN_VALUE : record.order());
        long next = last == Long.MIN_VALUE ? request.order() : Math.max(request.order(), last + 1);
        return ensure(request.withOrder(interrupted ? operation.order() : next), listener);
    }

    synchronized PreviewOperation ensure(PreviewRequest request, ProgressListener listener) {
        PreviewRecord record = parts.ledger().get(key).orElse(null);
        boolean closing = current instanceof TeardownOperation
                || (record != null
                        && (record.state() == PreviewState.CLOSING || record.state() == PreviewState.CLOSED));
        if (record != null && closing && request.order() <= record.order()) {
            String why = record.closing() == null ? "" : ": " + record.closing().reason();
            return new RefusedOperation(new PreviewClosedException("Preview " + key.id()
                    + " was taken down after this build began" + why + ". A new build brings it back."));
        }
        if (current instanceof EnsureOperation running && !running.ending()) {
            PreviewRequest other = running.request();
            if (running.serves(request)) {
                running.progress.add(listener);
                return running;
            }
            if (other.order() > request.order()) {
                return older(request, other.change().shortCommit(), other.order());
            }
            running.stop(new SupersededException("Commit " + other.change().shortCommit() + " (build " + other.order()
                    + ") gave way to commit " + request.change().shortCommit() + " (build " + request.order()
                    + ") of the same change request."));
        }
        if (record != null && record.order() > request.order()) {
            String newer = record.change() == null ? "-" : record.change().shortCommit();
            return older(request, newer, record.order());
        }
        highest = Math.max(highest, request.order());
        return enqueue(new EnsureOperation(parts, request, listener));
    }

    synchronized PreviewOperation teardown(Teardown teardown, ProgressListener listener) {
        if (current instanceof TeardownOperation running && !running.ending() && running.covers(teardown)) {
            running.progress.add(listener);
            return running;
        }
        if (current != null && !(current instanceof TeardownOperation)) {
            current.stop(new PreviewClosedException(
                    "Preview " + key.id() + " was taken down meanwhile: " + teardown.reason()));
        }
        return enqueue(new TeardownOperation(parts, key, teardown, listener));
    }

    /** Begins only if nothing else is under way. */
    synchronized PreviewOperation reset(ProgressListener listener) {
        if (current != null || !tail.isDone()) {
            return new RefusedOperation(new PreviewException("Preview " + key.id()
                    + " can't be reset now: it is "
                    + (current == null ? "being worked on" : current.status()) + "."));
        }
        return enqueue(new ResetOperation(parts, key, listener));
    }

    /** Takes an unconfirmed closing back; false if there is none that is at rest. */
    synchronized boolean reopen() {
        PreviewRecord record = parts.ledger().get(key).orElse(null);
        boolean atRest = record != null && record.closesInDoubt() && record.operation() == null;
        return atRest
                && idle(
                        () -> parts.ledger()
                                .change(
                                        key, now -> reopened(
                                                        now,
                                                        "It was taken down while a build was bringing it up. Build again.")
                                                .toBuilder()
                                                .updatedAt(parts.now())
                                                .build()));
    }

    private PreviewRecord reopened(PreviewRecord record, String unlessServing) {
        boolean newest = record.change() == null
                || Objects.equals(record.commit(), record.change().commit());
        boolean serves = newest && record.machineId() != null && record.deployedAt() != null;
        return record.toBuilder()
                .state(serves ? PreviewState.READY : PreviewState.FAILED)
                .closing(null)
                .problem(serves ? null : unlessServing)
                .build();
    }

    /** Closes what nobody has looked at for its whole life, unless something is under way or the record changed meanwhile. */
    synchronized Optional<PreviewOperation> expire(PreviewRecord seen) {
        if (current != null || !parts.ledger().get(key).equals(Optional.of(seen))) {
            return Optional.empty();
        }
        Teardown unseen =
                Teardown.unseen(seen.lifetime().ttl(), parts.settings().unseenGrace());
        return Optional.of(enqueue(new TeardownOperation(parts, key, unseen, ProgressListener.NONE)));
    }

    /** Deletes what is closed before its time is over; false if something is under way or the record changed meanwhile. */
    synchronized boolean evict(PreviewRecord seen, String why) {
        if (current != null || !parts.ledger().get(key).equals(Optional.of(seen))) {
            return false;
        }
        enqueue(new TeardownOperation(parts, key, Teardown.now(why), ProgressListener.NONE));
        return true;
    }

    /**
     * Gives a preview another life; one that closed because nobody looked at it comes back with its machine.
     *
     * @return empty if it is not open, or was not reopened because an operation is under way
     */
    synchronized Optional<PreviewRecord> renew(UnaryOperator<Lifetime> change) {
        boolean atRest = current == null && tail.isDone();
        boolean[] done = {false};
        Optional<PreviewRecord> now = parts.ledger().change(key, record -> {
            boolean reopens = record.closesUnseen() && record.operation() == null && atRest;
            done[0] = reopens || record.state() != PreviewState.CLOSING && record.state() != PreviewState.CLOSED;
            return done[0]
                    ? (reopens ? reopened(record, "Its last build did not succeed. Build again.") : record)
                            .toBuilder()
                                    .lifetime(change.apply(record.lifetime()))
                                    .build()
                    : record;
        });
        return now.filter(record -> done[0]);
    }

    /**
     * Goes on with the closing in the ledger, or settles an interrupted ensure, unless something is under way.
     *
     * @param seen the record that led to this: if it is another one now, somebody was quicker
     * @param due whether the time of a closing is over, so that what it holds is deleted
     */
    synchronized Optional<PreviewOperation> proceed(PreviewRecord seen, boolean due) {
        if (current != null || !parts.ledger().get(key).equals(Optional.of(seen))) {
            return Optional.empty();
        }
        return Optional.of(enqueue(
                seen.state() == PreviewState.CLOSING
                        ? TeardownOperation.proceeding(parts, key, due)
                        : new SettleOperation(parts, key)));
    }

    /** Runs a short ledger change unless an operation is under way; false if one is. */
    synchronized boolean idle(Runnable change) {
        if (current != null || !tail.isDone()) {
            return false;
        }
        change.run();
        return true;
    }

    synchronized Optional<Operation> current() {
        return Optional.ofNullable(current);
    }

    /** Stops what runs where it stands; completes when it has. */
    CompletableFuture<Void> halt() {
        Operation running;
        CompletableFuture<Void> last;
        synchronized (this) {
            running = current;
            last = tail;
        }
        if (running != null) {
            running.halt();
        }
        return last;
    }

    private PreviewOperation older(PreviewRequest request, String newer, long order) {
        return new RefusedOperation(new SupersededException("Commit "
                + request.change().shortCommit() + " (build " + request.order() + ") is older than commit " + newer
                + " (build " + order + "), which preview " + key.id() + " shows or is being brought to."));
    }

    private Operation enqueue(Operation next) {
        CompletableFuture<Void> before = tail;
        tail = before.thenCombine(next.settled(), (a, b) -> null);
        current = next;
        hold();
        next.settled().thenRun(() -> {
            drop(next);
            settled.run();
        });
        before.thenRun(next::begin);
        return next;
    }

    /** A request holds secrets: it isn't kept longer than it runs. */
    private synchronized void drop(Operation over) {
        if (current == over) {
            current = null;
        }
    }
}
