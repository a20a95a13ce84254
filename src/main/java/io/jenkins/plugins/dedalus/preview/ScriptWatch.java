package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.EventReader;
import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.Page;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.command.ExecResult;
import io.jenkins.plugins.dedalus.preview.command.LogRequest;
import io.jenkins.plugins.dedalus.preview.command.OutputListener;
import io.jenkins.plugins.dedalus.preview.command.OutputRelay;
import io.jenkins.plugins.dedalus.preview.command.ScriptPlan;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** Reads what a script's last run printed, as Dedalus keeps it: the machine may sleep on, and the script isn't touched. */
final class ScriptWatch implements ExecHandle {
    private final EngineContext parts;
    private final PreviewRecord record;
    private final LogRequest request;
    private final OutputRelay output;
    private final Cancellation cancellation = new Cancellation();
    private final CompletableFuture<ExecResult> result = new CompletableFuture<>();

    // Only one step is under way at any time.
    private volatile Execution run;
    private volatile EventReader reader;
    private volatile boolean last;

    ScriptWatch(EngineContext parts, PreviewRecord record, LogRequest request, OutputListener listener) {
        this.parts = parts;
        this.record = record;
        this.request = request;
        this.output = new OutputRelay(parts.settings().outputLimit(), "this script", listener);
    }

    void begin() {
        next(Duration.ZERO);
    }

    @Override
    public CompletableFuture<ExecResult> result() {
        return result.thenApply(ended -> ended);
    }

    /** Ends the reading, not the script. */
    @Override
    public void cancel(String why) {
        cancellation.cancel();
        result.completeExceptionally(new PreviewException("Stopped: " + why + "."));
    }

    private void next(Duration delay) {
        try {
            parts.scheduler().schedule(delay, this::step);
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new PreviewException("This process is stopping.", e));
        }
    }

    private void step() {
        if (result.isDone()) {
            return;
        }
        try {
            Duration delay = run == null ? find() : read();
            if (delay != null) {
                next(delay);
            }
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    private Duration find() {
        String mark = ScriptPlan.mark(request.script());
        run = parts.client().executions().list(record.machineId(), EngineContext.urgent(cancellation)).stream()
                .filter(execution -> execution.envKeys().contains(mark) && !execution.neverRan())
                .max(Comparator.comparing(
                        Execution::createdAt, Comparator.nullsFirst(Comparator.<Instant>naturalOrder())))
                .orElseThrow(() -> new PreviewException("Dedalus keeps no output of a " + request.script()
                        + " script on machine " + record.machineId() + " of preview "
                        + record.key().id() + ": it did not run there, or long ago."));
        reader = parts.client().executions().reader(record.machineId(), run.executionId(), parts.output());
        return Duration.ZERO;
    }

    private Duration read() {
        Optional<Page<ExecutionEvent>> page = reader.read(output.cursor(), EngineContext.urgent(cancellation));
        boolean news = page.isEmpty() || output.accept(run.executionId(), page.get());
        if (output.full()) {
            return over();
        }
        if (news) {
            return parts.settings().poll();
        }
        if (last || !request.follow()) {
            return over();
        }
        // Once more after it has ended: something may have come between the two looks.
        last = parts.client()
                .executions()
                .get(record.machineId(), run.executionId(), EngineContext.urgent(cancellation))
                .finished();
        return last ? Duration.ZERO : parts.settings().pollMax();
    }

    private Duration over() {
        result.complete(new ExecResult(run.executionId(), 0, null));
        return null;
    }
}
