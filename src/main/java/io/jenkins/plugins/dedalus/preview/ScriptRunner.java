package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.ConflictException;
import io.jenkins.plugins.dedalus.client.Execution;
import io.jenkins.plugins.dedalus.client.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.ExecutionStatus;
import io.jenkins.plugins.dedalus.client.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.Page;
import io.jenkins.plugins.dedalus.client.ServerException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Runs one script in ticks. Its intent, id and output position are in the ledger, so that after a restart the same script is
 * found again and its output goes on where it stopped.
 */
final class ScriptRunner {
    private static final int PAGE = 500;
    private static final int LOST_TRIES = 3;
    private static final Duration OVERTIME = Duration.ofMinutes(1);

    private final Operation operation;
    private final EngineParts parts;
    private final Desk desk;
    private OutputFollower follower;
    private String following;
    private int lost;
    private Instant unreachableSince;
    private Duration delay = Duration.ZERO;

    ScriptRunner(Operation operation) {
        this.operation = operation;
        this.parts = operation.parts;
        this.desk = operation.desk;
    }

    /** When to call again, after a {@link #tick} that found the script still running. */
    Duration delay() {
        return delay;
    }

    /** True once the script has succeeded; throws when it failed. Output goes to the operation's listeners. */
    boolean tick(ScriptPlan plan) {
        ExecutionRecord execution = desk.operation().execution();
        if (execution == null) {
            execution = new ExecutionRecord(
                    plan.step(),
                    UUID.randomUUID().toString().replace("-", ""),
                    desk.record().machineId(),
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
        ExecutionCreate create = new ExecutionCreate(
                plan.command(), null, env, plan.stdin(), plan.limit().toMillis());
        Execution started;
        try {
            started = parts.call("execution of " + plan.step(), () -> parts.client()
                    .executions()
                    .create(intent.machineId(), create, operation.options().withIdempotencyKey(intent.stepId())));
        } catch (IdempotencyKeyReusedException e) {
            // The same step was sent with other words (a token minted anew): what the server has is what counts.
            if (find(intent).isEmpty()) {
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
            follower = new OutputFollower(execution.position(), operation.progress::output);
        }
        boolean more = readOutput(execution);
        Execution state = null;
        if (!more) {
            state = parts.client()
                    .executions()
                    .get(execution.machineId(), execution.executionId(), operation.options());
        }
        if (state == null || !state.finished()) {
            overtime(plan, execution);
            if (more) {
                operation.lively();
            }
            return again(more ? parts.settings().poll() : operation.idle());
        }
        while (readOutput(execution)) {
            operation.lively();
        }
        follower.finish();
        return judge(plan, state);
    }

    /** Reads one page and writes down how far it was handed on; true if there was something new. */
    private boolean readOutput(ExecutionRecord execution) {
        Page<ExecutionEvent> page = parts.client()
                .executions()
                .events(execution.machineId(), execution.executionId(), follower.cursor(), PAGE, operation.options());
        boolean news = follower.accept(page);
        if (news) {
            record(execution.at(follower.position()));
        }
        return news;
    }

    private boolean judge(ScriptPlan plan, Execution state) {
        if (!ExecutionFailures.neverRan(state)) {
            unreachableSince = null;
        }
        if (state.status().equals(ExecutionStatus.SUCCEEDED)) {
            lost = 0;
            record(null);
            return true;
        }
        String what = "The " + plan.step() + " script of " + desk.key().id();
        if (ExecutionFailures.neverRan(state)) {
            if (!late()) {
                record(null);
                operation.progress.line("The machine is not reachable yet (" + state.errorCode() + "); trying again.");
                return again(pause(ExecutionFailures.pause(state)));
            }
            throw new PreviewException(what + " could not be started for "
                    + parts.settings().flakyLimit().toSeconds() + " s: " + state.errorCode()
                    + ". Dedalus says the machine runs but does not reach it; try again later.");
        }
        if (ExecutionFailures.lostByPlatform(state)) {
            if (plan.repeatable() && ++lost < LOST_TRIES) {
                record(null);
                operation.progress.line("Dedalus lost the " + plan.step() + " script (" + state.errorCode()
                        + "); it may be repeated, so it runs again.");
                return again(pause(ExecutionFailures.pause(state)));
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
        Instant now = parts.now();
        unreachableSince = unreachableSince == null ? now : unreachableSince;
        return Duration.between(unreachableSince, now)
                        .compareTo(parts.settings().flakyLimit())
                > 0;
    }

    private void overtime(ScriptPlan plan, ExecutionRecord execution) {
        Instant end = execution.since().plus(plan.limit()).plus(OVERTIME);
        if (parts.now().isAfter(end)) {
            parts.client().executions().cancel(execution.machineId(), execution.executionId(), operation.options());
            throw new ScriptFailedException(
                    plan.step(),
                    null,
                    "The " + plan.step() + " script of " + desk.key().id() + " ran longer than its limit of "
                            + plan.limit().toSeconds() + " s and was cancelled.");
        }
    }

    private void record(ExecutionRecord execution) {
        desk.saveOperation(op -> op.with(execution));
    }

    private Optional<Execution> find(ExecutionRecord intent) {
        return find(parts, intent, operation);
    }

    /** The execution that an intent made, even if its answer was lost. */
    static Optional<Execution> find(EngineParts parts, ExecutionRecord intent, Operation operation) {
        String marker = marker(intent.stepId());
        return parts.client().executions().list(intent.machineId(), operation.options()).stream()
                .filter(execution -> execution.envKeys().contains(marker))
                .findFirst();
    }

    static String marker(String stepId) {
        return "DEDALUS_STEP_" + stepId.replaceAll("[^A-Za-z0-9]", "_");
    }
}
