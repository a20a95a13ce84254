package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.ExecutionRecord;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ends the script that an earlier operation of the same preview left unfinished: none of ours begins beside it. */
final class Interruption {
    private static final Duration EARLY = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(30);

    private final Operation operation;
    private final EngineContext parts;
    private final RecordEditor editor;
    private Long since;
    private Long asked;

    Interruption(Operation operation) {
        this.operation = operation;
        this.parts = operation.parts;
        this.editor = operation.editor;
    }

    /** True once nothing of the earlier operation runs any more, or it can't be told or waited for yet: see {@link #over}. */
    boolean tick() {
        takeOver();
        ExecutionRecord left = left();
        if (left == null) {
            return true;
        }
        try {
            Optional<Execution> state = state(left);
            return state.isEmpty() || ended(left, state.get()) || givesUp();
        } catch (NotFoundException e) {
            return true;
        }
    }

    /** Whether a {@link #tick} was tried for long enough. */
    boolean givesUp() {
        return waited(EARLY);
    }

    /**
     * True once no script of an earlier operation can run on the machine any more; until then none of ours may begin.
     *
     * @throws PreviewException when it does not end
     */
    boolean over() {
        ExecutionRecord left = left();
        if (left == null) {
            return true;
        }
        try {
            Optional<Execution> state = state(left);
            if (ended(left, state.isPresent() ? state.get() : fence(left))) {
                return true;
            }
        } catch (NotFoundException e) {
            // Dedalus knows the machine, or this throws, and remembers no such script.
            parts.client().machines().get(left.machineId(), operation.options());
            return forget();
        } catch (IdempotencyKeyReusedException e) {
            // It did arrive; the next look finds it.
            operation.progress.line("waiting for the previous build's " + left.step() + " script to show up");
        } catch (ConflictException e) {
            operation.progress.line(e.getMessage());
        }
        if (waited(LIMIT)) {
            throw new PreviewException("The " + left.step() + " script of an earlier build of preview "
                    + editor.key().id() + " does not end on machine " + left.machineId()
                    + ", so no other may begin there. Cancel execution " + left.executionId()
                    + " in Dedalus, or tear the preview down; then build again.");
        }
        return false;
    }

    /** One try, for a caller who stopped the operation and waits for nothing; the script stays in the record. */
    void cancelQuietly() {
        ExecutionRecord left = editor.exists() && editor.record().operation() != null
                ? editor.operation().execution()
                : null;
        if (left == null) {
            return;
        }
        RequestOptions own = EngineContext.urgent(new Cancellation()).withDeadline(Duration.ofSeconds(10));
        try {
            String id = left.executionId();
            if (id == null) {
                id = ScriptRunner.find(parts, left, own)
                        .map(Execution::executionId)
                        .orElse(null);
            }
            if (id != null) {
                parts.client().executions().cancel(left.machineId(), id, own);
            }
        } catch (DedalusException e) {
            operation.progress.line("The " + left.step() + " script may still run: " + e.getMessage());
        }
    }

    /** Earlier versions handed the script on within the operation. */
    private void takeOver() {
        OperationRecord taken = editor.record().operation();
        if (taken != null && taken.execution() != null) {
            editor.save(record -> record.begin(taken.with(null)));
        }
    }

    private ExecutionRecord left() {
        PreviewRecord record = editor.record();
        ExecutionRecord left = record.unfinished();
        if (left != null
                && !left.machineId().equals(record.machineId())
                && (record.machineId() != null || record.retired().contains(left.machineId()))) {
            // Its machine was replaced, or is lost and on its way out.
            forget();
            return null;
        }
        return left;
    }

    private Optional<Execution> state(ExecutionRecord left) {
        if (left.executionId() != null) {
            return Optional.of(
                    parts.client().executions().get(left.machineId(), left.executionId(), operation.options()));
        }
        Optional<Execution> found = ScriptRunner.find(parts, left, operation.options());
        found.ifPresent(execution -> editor.save(record -> record.unfinished(left.withId(execution.executionId()))));
        return found;
    }

    /**
     * Nobody knows whether the script was ever asked for. Its key is used up by a command that does nothing: if the request
     * is still on its way, it is refused when it arrives.
     */
    private Execution fence(ExecutionRecord left) {
        return parts.client()
                .executions()
                .create(
                        left.machineId(),
                        new ExecutionCreate(
                                List.of("/bin/true"),
                                null,
                                Map.of(ScriptRunner.marker(left.stepId()), "1"),
                                null,
                                null),
                        operation.urgent().withIdempotencyKey(left.stepId()));
    }

    private boolean ended(ExecutionRecord left, Execution state) {
        if (state.finished()) {
            return forget();
        }
        if (asked == null || parts.since(asked).compareTo(ASK_AGAIN) > 0) {
            if (asked == null) {
                operation.progress.line("stopping the previous build's " + left.step() + " script");
            }
            asked = parts.nanos();
            try {
                parts.client().executions().cancel(left.machineId(), state.executionId(), operation.urgent());
            } catch (ConflictException alreadyEnding) {
                return false;
            }
        }
        return false;
    }

    private boolean forget() {
        editor.save(record -> record.unfinished(null));
        return true;
    }

    private boolean waited(Duration limit) {
        since = since == null ? (Long) parts.nanos() : since;
        return parts.since(since).compareTo(limit) > 0;
    }
}
