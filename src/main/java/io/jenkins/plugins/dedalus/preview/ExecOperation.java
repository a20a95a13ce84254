package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.ApiConnectionException;
import io.jenkins.plugins.dedalus.client.Cancellation;
import io.jenkins.plugins.dedalus.client.ConflictException;
import io.jenkins.plugins.dedalus.client.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.DedalusException;
import io.jenkins.plugins.dedalus.client.Execution;
import io.jenkins.plugins.dedalus.client.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.ExecutionStatus;
import io.jenkins.plugins.dedalus.client.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.Page;
import io.jenkins.plugins.dedalus.client.RateLimitException;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import io.jenkins.plugins.dedalus.client.ServerException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A command that someone runs on a preview's machine, in ticks; its caller keeps the position, the ledger keeps nothing. */
final class ExecOperation implements ExecHandle {
    private static final Logger LOGGER = Logger.getLogger(ExecOperation.class.getName());
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** How much later than its timeout a command may end: Dedalus ends it, not we. */
    private static final Duration OVERTIME = Duration.ofMinutes(1);

    private static final int PAGE = 500;

    private final EngineParts parts;
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
    private String cursor;
    private long sequence;
    private boolean looking;
    private int attempt;
    private Instant troubleSince;
    private Instant begun;
    private Duration pause = Duration.ZERO;

    ExecOperation(EngineParts parts, PreviewRecord record, ExecRequest request, OutputListener listener) {
        this.parts = parts;
        this.record = record;
        this.request = request;
        this.listener = listener;
        if (request.resume() != null) {
            executionId = request.resume().executionId();
            cursor = request.resume().cursor();
            sequence = request.resume().sequence();
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

    void begin() {
        begun = parts.now();
        next(Duration.ZERO);
    }

    /** The process stops; the command runs on, and whoever keeps the position finds it again. */
    void halt() {
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
        } catch (RuntimeException e) {
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
            delay = cancelled == null || result.isDone() ? delay : Duration.ZERO;
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
        RequestOptions own = EngineParts.options(null).withDeadline(Duration.ofSeconds(10));
        String left = "";
        try {
            if (executionId == null) {
                executionId = find(own).map(Execution::executionId).orElse(null);
            }
            if (executionId != null) {
                parts.client().executions().cancel(record.machineId(), executionId, own);
            }
        } catch (DedalusException e) {
            left = " It may still run: " + e.getMessage();
        }
        result.completeExceptionally(new PreviewCancelledException("Stopped: " + why + "." + left));
        return null;
    }

    private Duration trouble(DedalusException e) {
        Instant now = parts.now();
        troubleSince = troubleSince == null ? now : troubleSince;
        boolean hopeless = e instanceof ConflictException && executionId != null && !e.retryable();
        Duration left = PATIENCE.minus(Duration.between(troubleSince, now));
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
        listener.onStarted(position());
        parts.gate().seenActive(record.machineId());
        return parts.settings().poll();
    }

    private Execution create() {
        String key = "exec-" + request.id() + "-" + attempt;
        try {
            return parts.client()
                    .executions()
                    .create(record.machineId(), command(), options().withIdempotencyKey(key));
        } catch (IdempotencyKeyReusedException e) {
            return find(options()).orElseThrow(() -> e);
        }
    }

    private ExecutionCreate command() {
        boolean script = request.script() != null;
        String directory = "?" + (request.cwd() == null ? "" : "/" + request.cwd());
        directory = request.cwd() != null && request.cwd().startsWith("/") ? request.cwd() : directory;
        List<String> argv = script
                ? Scripts.command(directory)
                : Scripts.reading("exec.sh", directory, request.command().toArray(String[]::new));
        Map<String, String> env = new LinkedHashMap<>(request.env());
        env.putAll(request.secrets().reveal());
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
                .filter(execution -> !ExecutionFailures.neverRan(execution))
                .findFirst();
    }

    private String marker() {
        return ScriptRunner.marker(request.id()) + "_";
    }

    private Duration follow() {
        if (read()) {
            pause = Duration.ZERO;
            return parts.settings().poll();
        }
        Execution state = parts.client().executions().get(record.machineId(), executionId, options());
        if (!state.finished()) {
            return Duration.between(begun, parts.now())
                                    .compareTo(request.timeout().plus(OVERTIME))
                            > 0
                    ? stop("Dedalus did not end the command when its time was over, and says "
                            + state.status().value())
                    : idle();
        }
        boolean more = true;
        while (more) {
            more = read();
        }
        return ended(state);
    }

    private Duration ended(Execution state) {
        parts.gate().seenActive(record.machineId());
        if (ExecutionFailures.neverRan(state)
                && Duration.between(begun, parts.now())
                                .compareTo(parts.settings().flakyLimit())
                        < 0) {
            // The command never began: it begins now, under a new key, for the old one names the failure.
            attempt++;
            executionId = null;
            cursor = null;
            sequence = 0;
            return idle();
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

    private boolean read() {
        Page<ExecutionEvent> page =
                parts.client().executions().events(record.machineId(), executionId, cursor, PAGE, options());
        boolean news = false;
        for (ExecutionEvent event : page.items()) {
            if (event.sequence() <= sequence) {
                continue;
            }
            news = true;
            sequence = event.sequence();
            boolean output = event.chunk() != null && !event.chunk().isEmpty() && (event.stdout() || event.stderr());
            if (output) {
                listener.onOutput(event.chunk(), event.stderr(), position());
            }
        }
        if (page.nextCursor() != null) {
            cursor = page.nextCursor();
        }
        return news;
    }

    /** The cursor of the page being read: events up to the sequence are skipped when it is read again. */
    private ExecPosition position() {
        return new ExecPosition(executionId, cursor, sequence);
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
        return EngineParts.options(cancellation);
    }
}
