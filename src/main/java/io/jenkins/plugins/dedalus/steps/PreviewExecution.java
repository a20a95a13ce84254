package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.console.ModelHyperlinkNote;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.ApprovalNeededException;
import io.jenkins.plugins.dedalus.build.ForkApproval;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.build.SkippedPreview;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.scm.Approval;
import io.jenkins.plugins.dedalus.scm.FoundChange;
import io.jenkins.plugins.dedalus.scm.PreviewGate;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewUse;
import io.jenkins.plugins.dedalus.steps.secret.NamedSecrets;
import io.jenkins.plugins.dedalus.steps.secret.RevealedSecrets;
import io.jenkins.plugins.dedalus.steps.secret.SecretValues;
import io.jenkins.plugins.dedalus.steps.workspace.BuildLog;
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
    private final SecretValues env;
    private final NamedSecrets secrets;
    private final CodeSource source;
    /** The name that the step gives the preview; null for none. */
    private final String given;
    /** Whether the build goes on when a newer one has the preview. */
    private final boolean goesOn;

    /** Zero until the build asked for the first time. */
    private long order;

    private String machineBefore;
    private transient volatile PreviewOperation operation;
    private transient volatile RevealedSecrets revealed;

    PreviewExecution(StepContext context, DedalusPreviewStep step) throws IOException, InterruptedException {
        this(context, step, find(context));
    }

    private PreviewExecution(StepContext context, DedalusPreviewStep step, FoundChange found)
            throws IOException, InterruptedException {
        super(context, step, found);
        Run<?, ?> run = context.get(Run.class);
        spec = SavedSpec.of(step, run.getParent());
        try {
            PreviewEngines.get().checkViewable(spec.spec());
        } catch (IllegalArgumentException e) {
            throw (AbortException) new AbortException(e.getMessage()).initCause(e);
        }
        change = new SavedChange(found);
        env = SecretValues.of(step.getEnv());
        secrets = NamedSecrets.of(step.getSecrets(), step.getEnv());
        source = CodeSource.of(step, found.change(), context);
        given = step.getName();
        if (step.getWhenSuperseded() != null && !step.getWhenSuperseded().equals(DedalusPreviewStep.CONTINUE)) {
            throw new AbortException(Messages.PreviewExecution_whenSuperseded(step.getWhenSuperseded()));
        }
        goesOn = step.getWhenSuperseded() != null;
    }

    @Override
    void check() throws IOException, InterruptedException {
        PreviewUse.checkAsking(key(), run().getParent());
    }

    @Override
    CompletableFuture<?> work() throws IOException, InterruptedException {
        Run<?, ?> run = run();
        PreviewEngines service = PreviewEngines.get();
        Optional<String> unwanted = order == 0 ? PreviewGate.ask(run, key()) : Optional.empty();
        if (unwanted.isPresent()) {
            SkippedPreview.note(run, unwanted.get());
            BuildLog.say(listener(), unwanted.get());
            return CompletableFuture.completedFuture(PreviewResult.failed(unwanted.get()));
        }
        // Here, because the thread that begins a step must not wait for credentials.
        Optional<String> unavailable = service.unavailable(run.getParent());
        if (unavailable.isPresent()) {
            throw new AbortException(unavailable.get());
        }
        if (change.fork()) {
            checkFork(run);
        }
        SecretEnv secretEnv = reveal(run);
        if (order == 0) {
            machineBefore = service.record(key(), run.getParent())
                    .map(PreviewRecord::machineId)
                    .orElse(null);
            order = PreviewJobs.get().ask(key(), run, change.head());
            getContext().saveState();
            spec.spec().warnings().forEach(this::warn);
        }
        service.trackCredentials(key(), run);
        PreviewAction action =
                PreviewAction.attach(run, key(), change.context(null).commit(), given);
        ChangeContext about = change.context(key().changeId());
        return source.prepare(getContext(), about, change.ref())
                .thenCompose(code -> bring(
                        new PreviewRequest(key(), spec.spec(), about, code, secretEnv, order, null), run, action));
    }

    private CompletableFuture<?> bring(PreviewRequest request, Run<?, ?> run, PreviewAction action) {
        if (over()) {
            source.dispose();
            return new CompletableFuture<>();
        }
        try {
            operation = lifecycle().ensure(request, new BuildLog(listener()));
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
        if (over()) {
            operation.cancel(Messages.DedalusExecution_aborted());
        }
        return operation.result().thenApply(record -> deployed(run, action, record));
    }

    /** A fork gets nothing, so nothing is asked for. */
    private SecretEnv reveal(Run<?, ?> run) throws IOException, InterruptedException {
        if (change.fork()) {
            if (!env.isEmpty() || !secrets.isEmpty()) {
                BuildLog.say(listener(), Messages.PreviewExecution_forkSecrets());
            }
            return SecretEnv.none();
        }
        RevealedSecrets found = secrets.reveal(run);
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

    /** A fork's code runs on nobody's machine before somebody who may decide that has read this very commit. */
    private void checkFork(Run<?, ?> run) throws IOException, InterruptedException {
        if (!DedalusGlobalConfiguration.get().isForksAllowed()) {
            throw new AbortException(Messages.PreviewExecution_fork(key().describe()));
        }
        String commit = change.context(null).commit();
        if (commit == null) {
            throw new AbortException(Messages.PreviewExecution_forkWithoutCommit(key().describe()));
        }
        Optional<Approval> approval = PreviewJobs.get().approval(run.getParent(), commit);
        if (approval.isEmpty()) {
            String where =
                    ModelHyperlinkNote.encodeTo("/" + ForkApproval.ask(run, key(), commit), run.getFullDisplayName());
            String sentence = Messages.PreviewExecution_forkNotApproved(key().describe(), commit);
            BuildLog.say(listener(), sentence + " " + Messages.PreviewExecution_approveThere(where));
            throw new ApprovalNeededException(sentence);
        }
        BuildLog.say(
                listener(),
                Messages.PreviewExecution_approved(
                        commit, approval.get().by(), approval.get().at()));
    }

    private void warn(String sentence) {
        try {
            BuildLog.say(listener(), sentence);
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    private Map<String, Object> deployed(Run<?, ?> run, PreviewAction action, PreviewRecord record) {
        Map<String, Object> result = PreviewResult.of(
                record, record.machineId() != null && record.machineId().equals(machineBefore));
        try {
            action.deployed(record.commit(), PreviewResult.urls(record));
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
    boolean goesOnWhenSuperseded() {
        return goesOn;
    }

    @Override
    public String getStatus() {
        PreviewOperation running = operation;
        String beforehand =
                source.waits() ? Messages.PreviewExecution_agentAway() : Messages.PreviewExecution_preparing();
        return key().id() + ": " + (running == null ? beforehand : running.status());
    }
}
