package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.model.Computer;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.ApprovalNeededException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.SupersededException;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.ChangeFinder;
import io.jenkins.plugins.dedalus.scm.FoundChange;
import io.jenkins.plugins.dedalus.scm.PreviewUse;
import io.jenkins.plugins.dedalus.steps.workspace.BuildLog;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.AbstractStepExecutionImpl;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A step that asks the engine and waits for its answer. Holds no thread meanwhile; after a restart it asks again, and the
 * engine goes on where its ledger stands.
 */
abstract class DedalusExecution extends AbstractStepExecutionImpl {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(DedalusExecution.class.getName());

    private final SavedKey key;
    private final boolean failBuild;
    private transient volatile Future<?> beginning;
    private transient volatile boolean over;

    /** Finds out which preview it is about; throws {@link AbortException} when nothing says so. */
    DedalusExecution(StepContext context, DedalusStep step, FoundChange found)
            throws IOException, InterruptedException {
        super(context);
        this.failBuild = step.isFailBuild();
        this.key = SavedKey.of(step, context.get(Run.class), found);
    }

    static FoundChange find(StepContext context) throws IOException, InterruptedException {
        return ChangeFinder.of(context.get(Run.class));
    }

    /** Begins, or after a restart goes on. Runs on a thread that may wait a little. */
    abstract CompletableFuture<?> work() throws Exception;

    /** Gives up what {@link #work} began. Must not wait. */
    abstract void interrupt(String why);

    @Override
    public boolean start() throws Exception {
        begin();
        return false;
    }

    @Override
    public void onResume() {
        begin();
    }

    @Override
    public void stop(Throwable cause) throws Exception {
        over = true;
        Future<?> asking = beginning;
        if (asking != null) {
            asking.cancel(true);
        }
        interrupt(Messages.DedalusExecution_aborted());
        getContext().onFailure(cause);
    }

    PreviewKey key() {
        return key.key();
    }

    /** Whether the step was stopped meanwhile. */
    boolean over() {
        return over;
    }

    TaskListener listener() throws IOException, InterruptedException {
        return getContext().get(TaskListener.class);
    }

    Run<?, ?> run() throws IOException, InterruptedException {
        return getContext().get(Run.class);
    }

    /** Whether the job may use the preview now; throws a sentence if not. Asked again after a restart. */
    void check() throws IOException, InterruptedException {
        PreviewUse.check(key(), run().getParent());
    }

    PreviewLifecycle lifecycle() throws IOException, InterruptedException {
        return PreviewEngines.get().lifecycle(key(), run().getParent());
    }

    private void begin() {
        beginning = Computer.threadPoolForRemoting.submit(() -> {
            try {
                check();
                work().whenComplete(this::ended);
            } catch (Exception e) {
                ended(null, e);
            }
        });
    }

    private void ended(Object value, Throwable failure) {
        if (over || PreviewEngines.stopping()) {
            return;
        }
        over = true;
        if (failure == null) {
            getContext().onSuccess(value);
        } else {
            failed(failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
        }
    }

    private void failed(Throwable failure) {
        try {
            whenFailed(failure);
            Throwable told = translate(failure);
            String sentence = masked(told.getMessage());
            if (told instanceof AbortException && !Objects.equals(sentence, told.getMessage())) {
                told = new AbortException(sentence);
            }
            if (failure instanceof SupersededException && goesOnWhenSuperseded()) {
                BuildLog.say(listener(), sentence);
                getContext().onSuccess(failedValue(sentence));
            } else if (failBuild || told instanceof FlowInterruptedException) {
                getContext().onFailure(told);
            } else {
                BuildLog.say(listener(), Messages.DedalusExecution_goesOn(sentence));
                warn(sentence);
                getContext().onSuccess(failedValue(sentence));
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            failure.addSuppressed(e);
            getContext().onFailure(failure);
        }
    }

    /** Shows in the pipeline's stages and its graph that something went wrong, though the build goes on. */
    private void warn(String sentence) throws IOException, InterruptedException {
        FlowNode node = getContext().get(FlowNode.class);
        if (node != null) {
            node.addOrReplaceAction(new WarningAction(Result.UNSTABLE).withMessage(sentence));
        }
    }

    /** What else to do about a failure. */
    void whenFailed(Throwable failure) throws IOException, InterruptedException {
        // Nothing by default.
    }

    /** A sentence without what must not be read in it; null for null. */
    String masked(String sentence) {
        return sentence;
    }

    /** What the step returns when it failed and the build goes on. */
    Object failedValue(String sentence) {
        return null;
    }

    /** Whether a preview that was taken down meanwhile makes the build needless rather than wrong. */
    boolean needlessWhenClosed() {
        return false;
    }

    /** Whether the build goes on though a newer one has the preview. */
    boolean goesOnWhenSuperseded() {
        return false;
    }

    private Throwable translate(Throwable failure) {
        if (failure instanceof SupersededException
                || failure instanceof ApprovalNeededException && failBuild
                || failure instanceof PreviewClosedException && needlessWhenClosed()) {
            return new FlowInterruptedException(Result.NOT_BUILT, false, new NoLongerWanted(failure.getMessage()));
        }
        if (failure instanceof AbortException || failure instanceof FlowInterruptedException) {
            return failure;
        }
        boolean sentence = failure instanceof PreviewException
                || failure instanceof DedalusException
                || failure instanceof IllegalArgumentException;
        if (sentence && failure.getMessage() != null) {
            LOGGER.log(Level.FINE, "A step failed", failure);
            return new AbortException(failure.getMessage());
        }
        LOGGER.log(Level.WARNING, "A step failed unexpectedly", failure);
        return new AbortException(
                Messages.DedalusExecution_unexpected(failure.getClass().getSimpleName()));
    }
}
