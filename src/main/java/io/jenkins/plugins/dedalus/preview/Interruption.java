package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.Cancellation;
import io.jenkins.plugins.dedalus.client.ConflictException;
import io.jenkins.plugins.dedalus.client.DedalusException;
import io.jenkins.plugins.dedalus.client.Execution;
import io.jenkins.plugins.dedalus.client.NotFoundException;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import java.time.Duration;
import java.util.Optional;

/** Ends the script that an earlier operation of the same preview left running. */
final class Interruption {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Operation operation;
    private final EngineParts parts;
    private boolean asked;

    Interruption(Operation operation) {
        this.operation = operation;
        this.parts = operation.parts;
    }

    /** True once nothing of the earlier operation runs any more, or it can't be waited for. */
    boolean tick() {
        ExecutionRecord left = operation.desk.operation().execution();
        if (left == null) {
            return true;
        }
        Duration waited = Duration.between(operation.desk.operation().stageSince(), parts.now());
        if (waited.compareTo(LIMIT) > 0) {
            operation.progress.line(
                    "The previous build's " + left.step() + " script does not end; going on beside it.");
            return over();
        }
        try {
            Optional<Execution> state = state(left);
            if (state.isEmpty() || state.get().finished()) {
                return over();
            }
            if (!asked) {
                asked = true;
                operation.progress.line("stopping the previous build's " + left.step() + " script");
                parts.client().executions().cancel(left.machineId(), state.get().executionId(), operation.options());
            }
            return false;
        } catch (NotFoundException gone) {
            return over();
        } catch (ConflictException alreadyEnding) {
            return false;
        }
    }

    /** One try, for a caller who stopped the operation and waits for nothing. */
    void cancelQuietly() {
        ExecutionRecord left =
                operation.desk.exists() && operation.desk.record().operation() != null
                        ? operation.desk.operation().execution()
                        : null;
        if (left == null || left.executionId() == null) {
            return;
        }
        RequestOptions own = EngineParts.options(new Cancellation()).withDeadline(Duration.ofSeconds(10));
        try {
            parts.client().executions().cancel(left.machineId(), left.executionId(), own);
        } catch (DedalusException e) {
            operation.progress.line("The " + left.step() + " script may still run: " + e.getMessage());
        }
    }

    private Optional<Execution> state(ExecutionRecord left) {
        return left.executionId() == null
                ? ScriptRunner.find(parts, left, operation)
                : Optional.of(
                        parts.client().executions().get(left.machineId(), left.executionId(), operation.options()));
    }

    private boolean over() {
        operation.desk.saveOperation(op -> op.with(null));
        return true;
    }
}
