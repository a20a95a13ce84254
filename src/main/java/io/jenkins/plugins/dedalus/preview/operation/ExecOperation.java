package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.EventReader;
import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.ApiConnectionException;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.ExecutionStatus;
import io.jenkins.plugins.dedalus.client.model.Page;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.command.ExecResult;
import io.jenkins.plugins.dedalus.preview.command.ExecutionFailures;
import io.jenkins.plugins.dedalus.preview.command.OutputListener;
import io.jenkins.plugins.dedalus.preview.command.OutputRelay;
import io.jenkins.plugins.dedalus.preview.command.ScriptPlan;
import io.jenkins.plugins.dedalus.preview.command.Scripts;
import io.jenkins.plugins.dedalus.preview.error.PreviewCancelledException;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A command that someone runs on a preview's machine, in ticks; its caller keeps the position, the ledger keeps nothing. */
public final class ExecOperation implements ExecHandle {
    private static final Logger LOGGER = Logger.getLogger(ExecOperation.class.getName());
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** How much later than its timeout a command may end: Dedalus ends it, not we. */
    private static final int STOPS = 3;

    private static final Duration LONGEST_STOP = Duration.ofSeconds(30);
    private static final Duration OVERTIME = Duration.ofMinutes(1);

    private final EngineContext parts;
    private final PreviewRecord record;
    private final ExecRequest request;
    private final OutputListener listener;
    private final CompletableFuture<ExecResult> result = new CompletableFuture<>();
    private final Cancellation cancellation = new Cancellation();
    private volatile boolean halted;
    private String cancelled;
    private boolean ticking;

    // Only one tick runs at a time.
    private String executionId;
    private boolean looking;
    private int attempt;
    private int stops;
    private Long troubleSince;
    private long begun;
    private EventReader reader;
    private final OutputRelay output;
    private Duration pause = Duration.ZERO;

    /** Whose machine it runs on. */
    public PreviewKey key() {
        return record.key();
    }

    public ExecOperation(EngineContext parts, PreviewRecord record, ExecRequest request, OutputListener listener) {
        this.parts = parts;
        this.record = record;
        this.request = request;
        this.listener = listener;
        this.output = new OutputRelay(parts.settings().outputLimit(), "this command", listener);
        if (request.resume() != null) {
            executionId = request.resume().executionId();
            output.resume(request.resume());
        }
        looking = request.resume() != null;
    }

    @Override
    public CompletableFuture<ExecResult> result() {
        return result.thenApply(ended -> ended);
    }

    @Override
    public void cancel(String why) {
        synchronized (this) {
            cancelled = why;
        }
        cancellation.cancel();
        next(Duration.ZERO);
    }

    public void begin() {
        begun = parts.nanos();
        next(Duration.ZERO);
    }

    /** The process stops; the command runs on, and whoever keeps the position finds it again. */
    public void halt() {
        halted = true;
        cancellation.cancel();
        result.completeExceptionally(
                new PreviewException("This process is stopping; the command goes on and is found again."));
    }

    private void next(Duration delay) {
        try {
            parts.scheduler().schedule(delay, this::run);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "The engine is stopping; the command goes on.", e);
            halt();
        }
    }

    private void run() {
        String why;
        synchronized (this) {
            if (ticking || halted || result.isDone()) {
                return;
            }
            ticking = true;
            why = cancelled;
        }
        Duration delay = null;
        try {
            delay = why == null ? tick() : stop(why);
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                why = cancelled;
            }
            if (why == null) {
                result.completeExceptionally(e);
            } else {
                delay = Duration.ZERO;
            }
        }
        synchronized (this) {
            ticking = false;
            // A cancel that came meanwhile doesn't wait; a cancel that is tried again does.
            delay = cancelled == null || why != null || result.isDone() ? delay : Duration.ZERO;
        }
        if (delay != null) {
            next(delay);
        }
    }

    private Duration tick() {
        try {
            Duration delay = executionId == null ? start() : follow();
            troubleSince = null;
            return delay;
        } catch (ServerException
                | RateLimitException
                | ApiConnectionException
                | DeadlineExceededException
                | ConflictException e) {
            return trouble(e);
        }
    }

    private Duration stop(String why) {
        RequestOptions own = EngineContext.urgent(null).withDeadline(Duration.ofSeconds(10));
        String left = "";
        try {
            if (executionId == null) {
                executionId = find(own).map(Execution::executionId).orElse(null);
            }
            if (executionId != null) {
                parts.client().executions().cancel(record.machineId(), executionId, own);
            }
        } catch (DedalusException e) {
            Duration again = e.retryAfter().orElseGet(this::idle);
            if (e.retryable() && ++stops < STOPS && again.compareTo(LONGEST_STOP) <= 0) {
                return again;
            }
            left = " It may still run: " + e.getMessage();
        }
        result.completeExceptionally(new PreviewCancelledException("Stopped: " + why + "." + left));
        return null;
    }

    private Duration trouble(DedalusException e) {
        troubleSince = troubleSince == null ? (Long) parts.nanos() : troubleSince;
        boolean hopeless = e instanceof ConflictException && executionId != null && !e.retryable();
        Duration left = PATIENCE.minus(parts.since(troubleSince));
        Duration pause = e.retryAfter().orElseGet(this::idle);
        if (hopeless || pause.compareTo(left) > 0) {
            throw e;
        }
        return pause;
    }

    private Duration start() {
        Optional<Execution> found = looking ? find(options()) : Optional.empty();
        // From now on a lost answer is possible: whatever comes next looks before it starts anything.
        looking = true;
        Execution execution = found.isPresent() ? found.get() : create();
        executionId = execution.executionId();
        listener.onStarted(output.position(executionId));
        parts.gate().seenActive(record.machineId());
        return parts.settings().poll();
    }

    private Execution create() {
        requireOpen();
        String key = IdempotencyKeys.of(request.id(), attempt);
        try {
            return parts.client()
                    .executions()
                    .create(record.machineId(), command(), options().withIdempotencyKey(key));
        } catch (IdempotencyKeyReusedException e) {
            return find(options()).orElseThrow(() -> e);
        }
    }

    /** A command that waits for its machine must not wake the one of a preview that is closed meanwhile. */
    private void requireOpen() {
        PreviewRecord now = parts.ledger().get(record.key()).orElse(null);
        String id = record.key().id();
        if (now == null || now.down()) {
            throw new PreviewClosedException("The command on preview " + id
                    + " did not begin: the preview was taken down meanwhile. A new build brings it back.");
        }
        if (!record.machineId().equals(now.machineId())) {
            throw new PreviewException("The command on preview " + id + " did not begin: machine " + record.machineId()
                    + " is not the preview's any more. Run it again on the new one.");
        }
    }

    private ExecutionCreate command() {
        boolean script = request.script() != null;
        String directory = "?" + (request.cwd() == null ? "" : "/" + request.cwd());
        directory = request.cwd() != null && request.cwd().startsWith("/") ? request.cwd() : directory;
        directory = ExecRequest.AS_IT_IS.equals(request.cwd()) ? "" : directory;
        List<String> argv = script ? Scripts.command(directory) : Scripts.running(directory, request.command());
        Map<String, String> env = new LinkedHashMap<>(request.env());
        env.putAll(request.secrets().reveal());
        env.put("DEDALUS_PRIVATE_EXEC", String.join(" ", env.keySet()));
        env.put(marker() + attempt, "1");
        return new ExecutionCreate(
                argv,
                null,
                env,
                script ? request.script() : null,
                request.timeout().toMillis());
    }

    /** The newest of this request's tries that reached the machine. */
    private Optional<Execution> find(RequestOptions with) {
        return parts.client().executions().list(record.machineId(), with).stream()
                .filter(execution -> execution.envKeys().stream().anyMatch(key -> key.startsWith(marker())))
                .filter(execution -> !execution.neverRan())
                .findFirst();
    }

    private String marker() {
        return ScriptRunner.marker(request.id()) + "_";
    }

    private Duration follow() {
        Read read = read();
        boolean late = parts.since(begun).compareTo(request.timeout().plus(OVERTIME)) > 0;
        if (read != Read.NOTHING && !late) {
            pause = Duration.ZERO;
            return read == Read.MORE ? Duration.ZERO : parts.settings().poll();
        }
        Execution state = parts.client().executions().get(record.machineId(), executionId, options());
        if (!state.finished()) {
            return late
                    ? stop("Dedalus did not end the command when its time was over, and says "
                            + state.status().value())
                    : idle();
        }
        // What was printed between the two reads.
        Read last = read == Read.NOTHING ? read() : read;
        if (last != Read.NOTHING) {
            return last == Read.LATER ? parts.settings().poll() : Duration.ZERO;
        }
        return ended(state);
    }

    private Duration ended(Execution state) {
        parts.gate().seenActive(record.machineId());
        if (state.neverRan() && parts.since(begun).compareTo(parts.settings().flakyLimit()) < 0) {
            // The command never began: it begins now, under a new key, for the old one names the failure.
            attempt++;
            executionId = null;
            reader = null;
            output.restart();
            return idle();
        }
        if (state.missingOutput() != null) {
            listener.onIncomplete(
                    "What is shown of the command's output is not all of it: " + state.missingOutput() + ".");
        }
        boolean cutOff =
                state.status().equals(ExecutionStatus.EXPIRED) || state.status().equals(ExecutionStatus.CANCELLED);
        boolean succeeded = state.status().equals(ExecutionStatus.SUCCEEDED);
        if (!cutOff && (succeeded || state.exitCode() != null || state.signal() != null)) {
            Integer code = state.exitCode() == null && state.signal() == null ? Integer.valueOf(0) : state.exitCode();
            result.complete(new ExecResult(executionId, code, state.signal()));
            return null;
        }
        ScriptPlan plan = new ScriptPlan("command", List.of("command"), null, Map.of(), request.timeout(), false);
        throw ExecutionFailures.ofScript(
                plan, "The command on preview " + record.key().id(), state);
    }

    /** What came of reading a page. */
    private enum Read {
        NOTHING,
        SOME,
        /** And there is more. */
        MORE,
        /** Others take up the memory. */
        LATER
    }

    private Read read() {
        if (output.full()) {
            return Read.NOTHING;
        }
        if (reader == null) {
            reader = parts.client().executions().reader(record.machineId(), executionId, parts.output());
        }
        Optional<Page<ExecutionEvent>> page = reader.read(output.cursor(), options());
        if (page.isEmpty()) {
            return Read.LATER;
        }
        if (!output.accept(executionId, page.get())) {
            return Read.NOTHING;
        }
        return reader.full() ? Read.MORE : Read.SOME;
    }

    private Duration idle() {
        Duration longer = pause.multipliedBy(3).dividedBy(2);
        pause = longer.compareTo(parts.settings().poll()) < 0 ? parts.settings().poll() : longer;
        pause = pause.compareTo(parts.settings().pollMax()) > 0
                ? parts.settings().pollMax()
                : pause;
        return pause;
    }

    private RequestOptions options() {
        return EngineContext.options(cancellation);
    }
}
