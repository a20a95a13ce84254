package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.console.ModelHyperlinkNote;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.build.ForkApproval;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.preview.ChangeContext;
import io.jenkins.plugins.dedalus.preview.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.Source;
import io.jenkins.plugins.dedalus.scm.FoundChange;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** A running {@code dedalusPreview}. */
final class PreviewExecution extends DedalusExecution {
    private static final long serialVersionUID = 1L;

    private final SavedSpec spec;
    private final SavedChange change;
    private final SecretValues secrets;
    private final CodeSource source;
    /** Zero until the build asked for the first time. */
    private long order;

    private String machineBefore;
    private transient volatile PreviewOperation operation;

    PreviewExecution(StepContext context, DedalusPreviewStep step) throws IOException, InterruptedException {
        this(context, step, find(context));
    }

    private PreviewExecution(StepContext context, DedalusPreviewStep step, FoundChange found)
            throws IOException, InterruptedException {
        super(context, step, found);
        Run<?, ?> run = context.get(Run.class);
        Optional<String> unavailable = PreviewService.get().unavailable(run.getParent());
        if (unavailable.isPresent()) {
            throw new AbortException(unavailable.get());
        }
        spec = SavedSpec.of(step, run.getParent());
        try {
            PreviewService.get().checkViewable(spec.spec());
        } catch (IllegalArgumentException e) {
            throw (AbortException) new AbortException(e.getMessage()).initCause(e);
        }
        change = new SavedChange(found);
        secrets = SecretValues.of(step.getEnv());
        source = CodeSource.of(step.getSource(), found.change(), context);
    }

    @Override
    CompletableFuture<?> work() throws IOException, InterruptedException {
        Run<?, ?> run = run();
        PreviewService service = PreviewService.get();
        if (change.fork()) {
            checkFork(run);
        }
        if (order == 0) {
            machineBefore = service.record(key()).map(PreviewRecord::machineId).orElse(null);
            order = PreviewJobs.get().ask(key(), run, change.head());
            getContext().saveState();
            spec.spec().warnings().forEach(this::warn);
        }
        service.trackCredentials(key(), run);
        PreviewAction action =
                PreviewAction.attach(run, key(), change.context(null).commit());
        ChangeContext about = change.context(key().changeId());
        Source code = source.prepare(getContext(), about, change.ref());
        PreviewRequest request = new PreviewRequest(key(), spec.spec(), about, code, secrets.reveal(), order, null);
        if (over()) {
            source.dispose();
            return new CompletableFuture<>();
        }
        operation = lifecycle().ensure(request, new BuildLog(listener()));
        if (over()) {
            operation.cancel(Messages.DedalusExecution_aborted());
        }
        return operation.result().thenApply(record -> arrived(run, action, record));
    }

    /** A fork's code runs on nobody's machine before somebody who may decide that has read this very commit. */
    private void checkFork(Run<?, ?> run) throws IOException, InterruptedException {
        if (!DedalusGlobalConfiguration.get().isForksAllowed()) {
            throw new AbortException(Messages.PreviewExecution_fork(key().describe()));
        }
        String commit = change.context(null).commit();
        if (commit == null) {
            throw new AbortException(Messages.PreviewExecution_forkWithoutCommit(key().describe()));
        }
        if (!ForkApproval.isApproved(run.getParent(), commit)) {
            String where = ModelHyperlinkNote.encodeTo("/" + ForkApproval.ask(run, commit), run.getFullDisplayName());
            String sentence = Messages.PreviewExecution_forkNotApproved(key().describe(), commit);
            BuildLog.say(listener(), sentence + " " + Messages.PreviewExecution_approveThere(where));
            throw new ApprovalNeededException(sentence);
        }
    }

    private void warn(String sentence) {
        try {
            BuildLog.say(listener(), sentence);
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    private Map<String, Object> arrived(Run<?, ?> run, PreviewAction action, PreviewRecord record) {
        Map<String, Object> result = PreviewResult.of(
                record, record.machineId() != null && record.machineId().equals(machineBefore));
        try {
            action.arrived(record.commit(), PreviewResult.urls(record));
            run.save();
            source.dispose();
            BuildLog.say(listener(), Messages.PreviewExecution_ready(result.get("url")));
            return result;
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    void interrupt(String why) {
        PreviewOperation running = operation;
        if (running != null) {
            running.cancel(why);
        }
        source.dispose();
    }

    @Override
    void whenFailed(Throwable failure) {
        source.dispose();
    }

    @Override
    Object failedValue(String sentence) {
        return PreviewResult.failed(sentence);
    }

    @Override
    boolean needlessWhenClosed() {
        return true;
    }

    @Override
    public String getStatus() {
        PreviewOperation running = operation;
        return key().id() + ": " + (running == null ? Messages.PreviewExecution_preparing() : running.status());
    }
}
