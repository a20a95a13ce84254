package io.jenkins.plugins.dedalus.build;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Job;
import hudson.model.Run;
import hudson.util.HttpResponses;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import java.io.IOException;
import java.time.Instant;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;
import jenkins.model.RunAction2;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.verb.GET;
import org.kohsuke.stapler.verb.POST;

/**
 * A fork's commit that a build wanted a preview of: it gets none until somebody who may manage previews approves that very
 * commit. Kept with the build, which also tells later who did.
 */
public class ForkApproval implements RunAction2 {
    /** Where it is, below the build. */
    static final String URL_NAME = "dedalus-approval";

    /** How far back an approval counts. Whoever pushes more often than that is asked once more. */
    private static final int BUILDS = 100;

    private final String commit;
    private String approvedBy;
    private String approvedAt;
    private transient Run<?, ?> run;

    private ForkApproval(String commit) {
        this.commit = commit;
    }

    /**
     * Whether this commit was approved by somebody in one of the job's builds.
     *
     * @param commit a full hash
     */
    public static boolean isApproved(Job<?, ?> job, String commit) {
        return job.getBuilds().limit(BUILDS).stream()
                .flatMap(build -> ((Run<?, ?>) build).getActions(ForkApproval.class).stream())
                .anyMatch(asked -> asked.isApproved() && asked.commit.equals(commit));
    }

    /**
     * Asks for the approval of a commit on the build's page.
     *
     * @return where, below Jenkins' root
     */
    public static String ask(Run<?, ?> build, String commit) {
        boolean asked = build.getActions(ForkApproval.class).stream().anyMatch(each -> each.commit.equals(commit));
        if (!asked) {
            build.addAction(new ForkApproval(commit));
        }
        return build.getUrl();
    }

    /** Approves the commit and builds the job again; whatever was pushed meanwhile needs an approval of its own. */
    @POST
    public HttpResponse doApprove() throws IOException {
        run.getParent().checkPermission(DedalusPermissions.MANAGE);
        if (!DedalusGlobalConfiguration.get().isForksAllowed()) {
            return HttpResponses.errorWithoutStack(409, Messages.ForkApproval_notAllowed());
        }
        synchronized (this) {
            if (!isApproved()) {
                approvedBy = Jenkins.getAuthentication2().getName();
                approvedAt = Instant.now().toString();
                run.save();
            }
        }
        Job<?, ?> job = run.getParent();
        if (job.isBuildable()) {
            ParameterizedJobMixIn.scheduleBuild2(job, 0, new CauseAction(new Cause.UserIdCause()));
        }
        return HttpResponses.redirectViaContextPath(job.getUrl());
    }

    /** The button is on the build's page. */
    @GET
    public HttpResponse doIndex() {
        run.getParent().checkPermission(hudson.model.Item.READ);
        return HttpResponses.redirectViaContextPath(run.getUrl());
    }

    /** The commit. */
    public String getCommit() {
        return commit;
    }

    /** Its first characters. */
    public String getShortCommit() {
        return commit.substring(0, Math.min(10, commit.length()));
    }

    /** Whether somebody approved it here. */
    public synchronized boolean isApproved() {
        return approvedBy != null;
    }

    /** Who approved it; null if nobody did. */
    public synchronized String getApprovedBy() {
        return approvedBy;
    }

    /** When, in ISO 8601; null if nobody did. */
    public synchronized String getApprovedAt() {
        return approvedAt;
    }

    /** Whether the user may approve it. */
    public boolean isApprovable() {
        return !isApproved()
                && DedalusGlobalConfiguration.get().isForksAllowed()
                && run.getParent().hasPermission(DedalusPermissions.MANAGE);
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
