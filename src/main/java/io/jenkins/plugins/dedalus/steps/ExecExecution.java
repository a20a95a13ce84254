package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.model.TaskListener;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.preview.ExecHandle;
import io.jenkins.plugins.dedalus.preview.ExecPosition;
import io.jenkins.plugins.dedalus.preview.ExecRequest;
import io.jenkins.plugins.dedalus.preview.ExecResult;
import io.jenkins.plugins.dedalus.preview.OutputListener;
import io.jenkins.plugins.dedalus.preview.PreviewException;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.SecretEnv;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** A running {@code dedalusExec}. */
final class ExecExecution extends DedalusExecution {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_STDOUT = 4 * 1024 * 1024;
    private static final long SAVE_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    private final String id = UUID.randomUUID().toString();
    private final String script;
    private final ArrayList<String> command;
    private final String cwd;
    private final SecretValues secrets;
    private final Duration timeout;
    private final boolean returnStdout;
    private final boolean returnStatus;
    private final ExecOutput stdout = new ExecOutput();
    private final ExecOutput stderr = new ExecOutput();
    private boolean asked;
    private String executionId;
    private transient volatile ExecHandle handle;
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
        secrets = SecretValues.of(step.getEnv());
    }

    @Override
    CompletableFuture<?> work() throws IOException, InterruptedException {
        TaskListener listener = listener();
        PreviewService.get().trackCredentials(key(), run());
        SecretEnv env = secrets.reveal();
        boolean fork = PreviewService.get()
                .record(key())
                .map(PreviewRecord::change)
                .filter(change -> change.fork())
                .isPresent();
        if (fork && !secrets.isEmpty()) {
            BuildLog.say(listener, Messages.ExecExecution_fork());
            env = SecretEnv.none();
        }
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
                        new ExecRequest(id, script, command, cwd, null, env, timeout, resume),
                        new Output(listener));
        if (over()) {
            handle.cancel(Messages.DedalusExecution_aborted());
        }
        return handle.result().thenApply(result -> ended(result, listener));
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
