package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.model.TaskListener;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.command.ExecPosition;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.command.ExecResult;
import io.jenkins.plugins.dedalus.preview.command.OutputListener;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.steps.secret.NamedSecrets;
import io.jenkins.plugins.dedalus.steps.secret.RevealedSecrets;
import io.jenkins.plugins.dedalus.steps.secret.SecretValues;
import io.jenkins.plugins.dedalus.steps.workspace.BuildLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** A running {@code dedalusExec}. */
final class ExecExecution extends DedalusExecution {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_STDOUT = 4 * 1024 * 1024;
    private static final long SAVE_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    private final String id = IdempotencyKeys.next(Instant.now());
    private final String script;
    private final ArrayList<String> command;
    private final String cwd;
    private final SecretValues env;
    private final NamedSecrets secrets;
    private final Duration timeout;
    private final boolean returnStdout;
    private final boolean returnStatus;
    private final ExecOutput stdout = new ExecOutput();
    private final ExecOutput stderr = new ExecOutput();
    private boolean asked;
    private String executionId;
    private transient volatile ExecHandle handle;
    private transient volatile RevealedSecrets revealed;
    private transient StringBuilder returned;
    private transient long savedAt;

    ExecExecution(StepContext context, DedalusExecStep step) throws IOException, InterruptedException {
        super(context, step, find(context));
        if (step.isReturnStdout() && step.isReturnStatus()) {
            throw new AbortException(Messages.ExecExecution_twoReturns());
        }
        script = step.getScript();
        List<String> words = step.getCommand();
        command = words == null ? null : new ArrayList<>(words);
        if ((script == null) == (command == null)) {
            throw new AbortException(Messages.ExecExecution_scriptOrCommand());
        }
        cwd = step.getCwd();
        timeout = Texts.duration("timeout", step.getTimeout());
        returnStdout = step.isReturnStdout();
        returnStatus = step.isReturnStatus();
        env = SecretValues.of(step.getEnv());
        secrets = NamedSecrets.of(step.getSecrets(), step.getEnv());
    }

    @Override
    CompletableFuture<?> work() throws IOException, InterruptedException {
        PreviewEngines.get().trackCredentials(key(), run());
        SecretEnv secretEnv = reveal();
        TaskListener listener = listener();
        // From the beginning, with what is logged already skipped: so nothing of a returned output is lost either.
        ExecPosition resume = asked ? new ExecPosition(executionId, null, 0) : null;
        asked = true;
        getContext().saveState();
        stdout.rewind();
        stderr.rewind();
        returned = new StringBuilder();
        if (over()) {
            return new CompletableFuture<>();
        }
        handle = lifecycle()
                .exec(
                        key(),
                        new ExecRequest(id, script, command, cwd, null, secretEnv, timeout, resume),
                        new Output(listener));
        if (over()) {
            handle.cancel(Messages.DedalusExecution_aborted());
        }
        return handle.result().thenApply(result -> ended(result, listener));
    }

    /** A fork gets nothing, so nothing is asked for. */
    private SecretEnv reveal() throws IOException, InterruptedException {
        boolean fork = PreviewEngines.get()
                .record(key(), run().getParent())
                .map(PreviewRecord::change)
                .filter(change -> change.fork())
                .isPresent();
        if (fork) {
            if (!env.isEmpty() || !secrets.isEmpty()) {
                BuildLog.say(listener(), Messages.ExecExecution_fork());
            }
            return SecretEnv.none();
        }
        RevealedSecrets found = secrets.reveal(run());
        revealed = found;
        return found.with(env.reveal());
    }

    @Override
    TaskListener listener() throws IOException, InterruptedException {
        RevealedSecrets hidden = revealed;
        return hidden == null ? super.listener() : hidden.mask(super.listener());
    }

    @Override
    String masked(String sentence) {
        RevealedSecrets hidden = revealed;
        return hidden == null ? sentence : hidden.mask(sentence);
    }

    private Object ended(ExecResult result, TaskListener listener) {
        stdout.finish(listener);
        stderr.finish(listener);
        if (returnStatus) {
            // A command that a signal killed has no code of its own.
            return Objects.requireNonNullElse(result.exitCode(), -1);
        }
        if (result.exitCode() == null || result.exitCode() != 0) {
            String how = result.exitCode() == null
                    ? Messages.ExecExecution_signal(result.signal())
                    : Messages.ExecExecution_exitCode(result.exitCode());
            throw new PreviewException(Messages.ExecExecution_failed(key().id(), how));
        }
        return returnStdout ? returned.toString() : null;
    }

    @Override
    void interrupt(String why) {
        ExecHandle running = handle;
        if (running != null) {
            running.cancel(why);
        }
    }

    @Override
    public String getStatus() {
        return executionId == null
                ? Messages.ExecExecution_starting(key().id())
                : Messages.ExecExecution_running(executionId, key().id());
    }

    /** Called one piece after the other. */
    private final class Output implements OutputListener {
        private final TaskListener listener;

        Output(TaskListener listener) {
            this.listener = listener;
        }

        @Override
        public void onStarted(ExecPosition position) {
            executionId = position.executionId();
            getContext().saveState();
        }

        @Override
        public void onIncomplete(String sentence) {
            BuildLog.say(listener, sentence);
        }

        @Override
        public void onOutput(String text, boolean fromStderr, ExecPosition after) {
            if (fromStderr) {
                stderr.add(text, listener);
            } else if (returnStdout) {
                if (returned.length() + text.length() > LONGEST_STDOUT) {
                    throw new PreviewException(Messages.ExecExecution_tooLong(LONGEST_STDOUT));
                }
                returned.append(text);
            } else {
                stdout.add(text, listener);
            }
            long now = System.nanoTime();
            if (now - savedAt > SAVE_EVERY_NANOS) {
                savedAt = now;
                getContext().saveState();
            }
        }
    }
}
