package io.jenkins.plugins.dedalus.build;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import hudson.util.HttpResponses;
import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.Approval;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;
import jenkins.model.RunAction2;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.verb.GET;
import org.kohsuke.stapler.verb.POST;

/**
 * A fork's commit that a build wanted a preview of: it gets none until somebody who may manage previews approves that very
 * commit. The build keeps the question; the answer is kept with the preview, where it outlives the build.
 */
@Restricted(NoExternalUse.class)
public class ForkApproval implements RunAction2 {
    /** Where it is, below the build. */
    static final String URL_NAME = "dedalus-approval";

    private final String repository;
    private final String changeId;
    private final String name;
    private final String commit;
    private transient Run<?, ?> run;

    private ForkApproval(PreviewKey key, String commit) {
        this.repository = key.repository();
        this.changeId = key.changeId();
        this.name = key.name();
        this.commit = commit;
    }

    /**
     * Asks for the approval of a commit on the build's page.
     *
     * @param key the preview that the build wants
     * @return where, below Jenkins' root
     */
    public static String ask(Run<?, ?> build, PreviewKey key, String commit) {
        boolean asked = build.getActions(ForkApproval.class).stream().anyMatch(each -> each.commit.equals(commit));
        if (!asked) {
            build.addAction(new ForkApproval(key, commit));
        }
        return build.getUrl();
    }

    /** Approves the commit and builds the job again; whatever was pushed meanwhile needs an approval of its own. */
    @POST
    public HttpResponse doApprove() {
        Job<?, ?> job = run.getParent();
        job.checkPermission(DedalusPermissions.MANAGE);
        job.checkPermission(Item.BUILD);
        if (!DedalusGlobalConfiguration.get().isForksAllowed()) {
            return HttpResponses.errorWithoutStack(409, Messages.ForkApproval_notAllowed());
        }
        if (!isApproved()) {
            try {
                approve(Jenkins.getAuthentication2().getName());
            } catch (PreviewException e) {
                return HttpResponses.errorWithoutStack(409, e.getMessage());
            }
        }
        if (job.isBuildable()) {
            ParameterizedJobMixIn.scheduleBuild2(job, 0, new CauseAction(new Cause.UserIdCause()));
        }
        return HttpResponses.redirectViaContextPath(job.getUrl());
    }

    /**
     * Approves the commit. Whether somebody may is the caller's business.
     *
     * @param by who approves it: a user's id, or words for somebody who is none
     * @throws PreviewException with a sentence if the job may not use the preview
     */
    public void approve(String by) {
        Approval approval = new Approval(
                commit, by, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        PreviewKey key = new PreviewKey(repository, changeId, name);
        PreviewJobs.get().approve(key, run, approval);
        AuditLog.record(by, AuditLog.Deed.APPROVE, key);
    }

    /** The button is on the build's page. */
    @GET
    public HttpResponse doIndex() {
        run.getParent().checkPermission(Item.READ);
        return HttpResponses.redirectViaContextPath(run.getUrl());
    }

    /** The preview that the build wanted; empty if a build of an older version asked. */
    public Optional<PreviewKey> preview() {
        return repository == null ? Optional.empty() : Optional.of(new PreviewKey(repository, changeId, name));
    }

    /** The commit. */
    public String getCommit() {
        return commit;
    }

    /** Its first characters. */
    public String getShortCommit() {
        return commit.substring(0, Math.min(10, commit.length()));
    }

    /** Whether somebody approved it, here or at another build of the job. */
    public boolean isApproved() {
        return approval().isPresent();
    }

    /** Who approved it; null if nobody did. */
    public String getApprovedBy() {
        return approval().map(Approval::by).orElse(null);
    }

    /** When, in ISO 8601; null if nobody did. */
    public String getApprovedAt() {
        return approval().map(Approval::at).orElse(null);
    }

    private Optional<Approval> approval() {
        return PreviewJobs.get().approval(run.getParent(), commit);
    }

    /** Whether the user may approve it. */
    public boolean isApprovable() {
        return !isApproved()
                // What a build of an older version asked names no preview.
                && repository != null
                && DedalusGlobalConfiguration.get().isForksAllowed()
                && run.getParent().hasPermission(DedalusPermissions.MANAGE)
                && run.getParent().hasPermission(Item.BUILD);
    }

    /** Where the button posts to, below Jenkins' root. */
    public String getApproveUrl() {
        return run.getUrl() + URL_NAME + "/approve";
    }

    @Override
    public void onAttached(Run<?, ?> r) {
        run = r;
    }

    @Override
    public void onLoad(Run<?, ?> r) {
        run = r;
    }

    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return Messages.ForkApproval_name();
    }

    @Override
    public String getUrlName() {
        return URL_NAME;
    }
}
