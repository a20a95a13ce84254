package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.EventReader;
import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.ExecutionStatus;
import io.jenkins.plugins.dedalus.client.model.Page;
import io.jenkins.plugins.dedalus.preview.command.ExecutionFailures;
import io.jenkins.plugins.dedalus.preview.command.OutputFollower;
import io.jenkins.plugins.dedalus.preview.command.ScriptPlan;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.ExecutionRecord;
import io.jenkins.plugins.dedalus.preview.ledger.OutputPosition;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Runs one script in ticks. Its intent, id and output position are in the ledger, so that after a restart the same script is
 * found again and its output goes on where it stopped.
 */
final class ScriptRunner {
    private static final int LOST_TRIES = 3;
    private static final Duration OVERTIME = Duration.ofMinutes(1);
    /** How often an output position is written down. */
    private static final Duration POSITIONS = Duration.ofSeconds(2);
    /** How long listeners without room are waited for. */
    private static final Duration LISTENERS = Duration.ofSeconds(30);

    private final Operation operation;
    private final Interruption earlier;
    private final EngineContext parts;
    private final RecordEditor editor;
    private OutputFollower follower;
    private EventReader reader;
    private long followedSince;
    private Long crowdedSince;
    private Long positionAt;
    private boolean positionDue;
    private boolean flooded;
    private String following;
    private int lost;
    private Long unreachableSince;
    private Duration delay = Duration.ZERO;

    ScriptRunner(Operation operation, Interruption earlier) {
        this.operation = operation;
        this.earlier = earlier;
        this.parts = operation.parts;
        this.editor = operation.editor;
    }

    /** When to call again, after a {@link #tick} that found the script still running. */
    Duration delay() {
        return delay;
    }

    /** True once the script has succeeded; throws when it failed. Output goes to the operation's listeners. */
    boolean tick(ScriptPlan plan) {
        ExecutionRecord execution = editor.operation().execution();
        if (execution == null) {
            if (!earlier.over()) {
                return again(operation.idle());
            }
            execution = new ExecutionRecord(
                    plan.step(),
                    IdempotencyKeys.next(parts.now()),
                    editor.record().machineId(),
                    null,
                    parts.now(),
                    OutputPosition.START);
            record(execution);
            return submit(plan, execution);
        }
        if (execution.executionId() == null) {
            Optional<Execution> found = find(execution);
            if (found.isEmpty()) {
                return submit(plan, execution);
            }
            execution = execution.withId(found.get().executionId());
            record(execution);
        }
        return follow(plan, execution);
    }

    private boolean submit(ScriptPlan plan, ExecutionRecord intent) {
        Map<String, String> env = new LinkedHashMap<>(plan.env());
        env.put(marker(intent.stepId()), "1");
        env.put(ScriptPlan.mark(plan.step()), "1");
        ExecutionCreate create = new ExecutionCreate(
                plan.command(), null, env, plan.stdin(), plan.limit().toMillis());
        Execution started;
        try {
            started = parts.call("execution of " + plan.step(), () -> parts.client()
                    .executions()
                    .create(intent.machineId(), create, operation.urgent().withIdempotencyKey(intent.stepId())));
        } catch (IdempotencyKeyReusedException e) {
            // The same step was sent with other words (a token minted anew): what the server has is what counts.
            if (late() && find(intent).isEmpty()) {
                record(null);
            }
            return again(operation.idle());
        } catch (ServerException | ConflictException e) {
            if (late()) {
                throw e;
            }
            operation.progress.line("The machine takes no commands yet (" + e.getMessage() + "); trying again.");
            return again(pause(e.retryAfter()));
        }
        record(intent.withId(started.executionId()));
        operation.lively();
        return again(parts.settings().poll());
    }

    private boolean follow(ScriptPlan plan, ExecutionRecord execution) {
        if (!execution.stepId().equals(following)) {
            following = execution.stepId();
            follower = new OutputFollower(
                    execution.position(), parts.settings().outputLimit(), operation.progress::output);
            reader = parts.client().executions().reader(execution.machineId(), execution.executionId(), parts.output());
            followedSince = parts.nanos();
            positionAt = null;
            positionDue = false;
            flooded = false;
        }
        writePosition(execution);
        if (crowded()) {
            return again(parts.settings().poll());
        }
        // What is handed on is written down at once, or a crash would bring it twice: so nothing is read before it may
        // be
        // written, but for a flood, which would otherwise pile up.
        Duration wait = flooded ? Duration.ZERO : untilPosition();
        Read read = wait.isZero() ? readOutput(execution) : Read.NOTHING;
        boolean late = overtime(plan);
        if (read != Read.NOTHING && !late) {
            operation.lively();
            return again(read == Read.MORE ? Duration.ZERO : parts.settings().poll());
        }
        Execution state =
                parts.client().executions().get(execution.machineId(), execution.executionId(), operation.options());
        if (!state.finished()) {
            if (late) {
                throw tooLong(plan, execution);
            }
            Duration idle = operation.idle();
            return again(wait.isZero() || idle.compareTo(wait) < 0 ? idle : wait);
        }
        // What was printed between the two reads.
        Read last = read == Read.NOTHING ? readOutput(execution) : read;
        if (last != Read.NOTHING) {
            return again(last == Read.LATER ? parts.settings().poll() : Duration.ZERO);
        }
        follower.finish();
        if (state.missingOutput() != null) {
            operation.progress.line("What is shown of the " + plan.step() + " script's output is not all of it: "
                    + state.missingOutput() + ".");
        }
        return judge(plan, state);
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

    /** Reads one page and writes down how far it was handed on. */
    private Read readOutput(ExecutionRecord execution) {
        if (follower.full()) {
            return Read.NOTHING;
        }
        Optional<Page<ExecutionEvent>> page = reader.read(follower.cursor(), operation.options());
        if (page.isEmpty()) {
            return Read.LATER;
        }
        if (!follower.accept(page.get(), operation.progress::ready)) {
            flooded = false;
            return Read.NOTHING;
        }
        if (follower.full()) {
            operation.progress.line(follower.meter().sentence("the " + execution.step() + " script"));
        }
        positionDue = true;
        writePosition(execution);
        flooded = reader.full();
        return flooded ? Read.MORE : Read.SOME;
    }

    private void writePosition(ExecutionRecord execution) {
        if (positionDue && untilPosition().isZero()) {
            record(execution.at(follower.position()));
            positionAt = parts.nanos();
            positionDue = false;
        }
    }

    private Duration untilPosition() {
        Duration left = positionAt == null ? Duration.ZERO : POSITIONS.minus(parts.since(positionAt));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Whether a listener has no room for more output; one that never has any is not waited for. */
    private boolean crowded() {
        if (operation.progress.ready()) {
            crowdedSince = null;
            return false;
        }
        crowdedSince = crowdedSince == null ? (Long) parts.nanos() : crowdedSince;
        return parts.since(crowdedSince).compareTo(LISTENERS) < 0;
    }

    private boolean judge(ScriptPlan plan, Execution state) {
        if (!state.neverRan()) {
            unreachableSince = null;
        }
        if (state.status().equals(ExecutionStatus.SUCCEEDED)) {
            lost = 0;
            record(null);
            return true;
        }
        String what = "The " + plan.step() + " script of " + editor.key().id();
        if (state.neverRan()) {
            if (!late()) {
                record(null);
                operation.progress.line("The machine is not reachable yet (" + state.errorCode() + "); trying again.");
                return again(pause(state.retryAfter()));
            }
            throw new PreviewException(what + " could not be started for "
                    + parts.settings().flakyLimit().toSeconds() + " s: " + state.errorCode()
                    + ". Dedalus says the machine runs but does not reach it; try again later.");
        }
        if (state.lostByPlatform()) {
            if (plan.repeatable() && ++lost < LOST_TRIES) {
                record(null);
                operation.progress.line("Dedalus lost the " + plan.step() + " script (" + state.errorCode()
                        + "); it may be repeated, so it runs again.");
                return again(pause(state.retryAfter()));
            }
            throw new PreviewException(what + " was interrupted by Dedalus (" + state.errorCode()
                    + "). Build again; if the script may run twice, declare it repeatable.");
        }
        throw ExecutionFailures.ofScript(plan, what, state);
    }

    /** What Dedalus asks for, but no longer than such a machine is given in all. */
    private Duration pause(Optional<Duration> asked) {
        Duration longest = parts.settings().flakyLimit();
        return asked.map(pause -> pause.compareTo(longest) > 0 ? longest : pause)
                .orElseGet(operation::idle);
    }

    private boolean again(Duration when) {
        delay = when;
        return false;
    }

    /** Whether the machine has refused commands for too long, counted from its first refusal. */
    private boolean late() {
        unreachableSince = unreachableSince == null ? (Long) parts.nanos() : unreachableSince;
        return parts.since(unreachableSince).compareTo(parts.settings().flakyLimit()) > 0;
    }

    /** Whether the script should have been ended by Dedalus by now, counted from when this process began to follow it. */
    private boolean overtime(ScriptPlan plan) {
        return parts.since(followedSince).compareTo(plan.limit().plus(OVERTIME)) > 0;
    }

    private ScriptFailedException tooLong(ScriptPlan plan, ExecutionRecord execution) {
        parts.client().executions().cancel(execution.machineId(), execution.executionId(), operation.urgent());
        return new ScriptFailedException(
                plan.step(),
                null,
                "The " + plan.step() + " script of " + editor.key().id() + " ran longer than its limit of "
                        + plan.limit().toSeconds() + " s and was cancelled.");
    }

    private void record(ExecutionRecord execution) {
        editor.saveOperation(op -> op.with(execution));
    }

    private Optional<Execution> find(ExecutionRecord intent) {
        return find(parts, intent, operation.options());
    }

    /** The execution that an intent made, even if its answer was lost. */
    static Optional<Execution> find(EngineContext parts, ExecutionRecord intent, RequestOptions options) {
        String marker = marker(intent.stepId());
        return parts.client().executions().list(intent.machineId(), options).stream()
                .filter(execution -> execution.envKeys().contains(marker))
                .findFirst();
    }

    static String marker(String stepId) {
        return "DEDALUS_STEP_" + stepId.replaceAll("[^A-Za-z0-9]", "_");
    }
}
