package io.jenkins.plugins.dedalus.dashboard;

import hudson.Util;
import hudson.model.Item;
import hudson.model.Job;
import hudson.security.Permission;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import io.jenkins.plugins.dedalus.handover.JsonAnswer;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.view.PreviewRow;
import io.jenkins.plugins.dedalus.view.ReadAccess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.GET;
import org.kohsuke.stapler.verb.POST;

/** {@code /dedalus/preview/<id>/}: one preview, and what its buttons lead to. Made per request. */
@Restricted(NoExternalUse.class)
public final class PreviewPage implements StaplerProxy {
    private static final Logger LOGGER = Logger.getLogger(PreviewPage.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final PreviewRecord record;
    private PreviewRow row;

    /** Takes a preview that the user may see. */
    PreviewPage(PreviewRecord record) {
        this.record = record;
    }

    /** Asked before anything below this address: the same as for an address that doesn't exist. */
    @Override
    public Object getTarget() {
        if (!ReadAccess.maySee(record)) {
            throw HttpResponses.notFound();
        }
        return this;
    }

    /** What to show. */
    public PreviewRow getRow() {
        if (row == null) {
            row = PreviewRow.of(record, PATIENCE);
        }
        return row;
    }

    /** The title. */
    public String getDisplayName() {
        return record.key().id();
    }

    /** The public address of its badge; null while Jenkins' own address isn't configured. */
    public String getBadgeUrl() {
        return io.jenkins.plugins.dedalus.build.StateBadge.url(record.key());
    }

    /** The state for scripts: small and quick. */
    @GET
    public HttpResponse doState() {
        return JsonAnswer.tagged(PreviewJson.of(getRow()));
    }

    /** Wakes the machine. */
    @POST
    public HttpResponse doWake(StaplerRequest2 req) {
        return act(req, DedalusPermissions.WAKE, Actions::wake);
    }

    /** Puts the machine to sleep. */
    @POST
    public HttpResponse doSleep(StaplerRequest2 req) {
        return act(req, DedalusPermissions.WAKE, Actions::sleep);
    }

    /** Builds the preview's job. */
    @POST
    public HttpResponse doRebuild(StaplerRequest2 req) {
        return act(req, List.of(DedalusPermissions.MANAGE, Item.BUILD), Actions::rebuild);
    }

    /** Keeps it however long nobody looks. */
    @POST
    public HttpResponse doPin(StaplerRequest2 req) {
        return act(req, DedalusPermissions.MANAGE, Actions::pin);
    }

    /** Takes a pin back. */
    @POST
    public HttpResponse doUnpin(StaplerRequest2 req) {
        return act(req, DedalusPermissions.MANAGE, Actions::unpin);
    }

    /** Moves its end: {@code by}, such as {@code 7d}, a week if it is left out. */
    @POST
    public HttpResponse doExtend(StaplerRequest2 req) {
        String by = Util.fixEmptyAndTrim(req.getParameter("by"));
        Optional<Duration> length = Durations.parse(by == null ? "7d" : by);
        return length.isEmpty()
                ? HttpResponses.errorWithoutStack(400, Messages.PreviewPage_noDuration(by))
                : act(req, DedalusPermissions.MANAGE, seen -> Actions.extend(seen, length.get()));
    }

    /** Deletes machine and data. */
    @POST
    public HttpResponse doTeardown(StaplerRequest2 req) {
        return act(req, DedalusPermissions.MANAGE, Actions::teardown);
    }

    /** The machines of which one may be this preview's, for whoever may say which; asks Dedalus. */
    public AdoptionCandidates getCandidates() {
        return AdoptionCandidates.of(record);
    }

    /** Says which machine is this preview's: {@code machine}, empty for none of them. */
    @POST
    public HttpResponse doAdopt(StaplerRequest2 req) {
        String machine = Util.fixEmptyAndTrim(req.getParameter("machine"));
        return act(req, DedalusPermissions.MANAGE, seen -> Actions.adopt(seen, machine));
    }

    /** Whether the user may say whose the preview is. */
    public boolean isGivable() {
        return !getRow().isClosed() && Jenkins.get().hasPermission(Jenkins.ADMINISTER);
    }

    /** The full name of its job; null if there is none any more. */
    public String getJobName() {
        return PreviewJobs.jobOf(record).map(Job::getFullName).orElse(null);
    }

    /** Says which job the preview belongs to: {@code job}, a full name. */
    @POST
    public HttpResponse doGive(@QueryParameter String job) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        Job<?, ?> found = Jenkins.get().getItemByFullName(Util.fixNull(job).strip(), Job.class);
        if (found == null) {
            return HttpResponses.errorWithoutStack(400, Messages.PreviewPage_noSuchJob(job));
        }
        try {
            PreviewJobs.get().give(record, found);
        } catch (PreviewException e) {
            return HttpResponses.errorWithoutStack(400, e.getMessage());
        }
        return HttpResponses.redirectViaContextPath(
                "dedalus/preview/" + record.key().id() + "/");
    }

    /** Does it, waits a moment for what comes of it, and goes back to where the button was. */
    private HttpResponse act(
            StaplerRequest2 req, Permission permission, Function<PreviewRecord, CompletableFuture<String>> action) {
        return act(req, List.of(permission), action);
    }

    private HttpResponse act(
            StaplerRequest2 req,
            List<Permission> permissions,
            Function<PreviewRecord, CompletableFuture<String>> action) {
        for (Permission permission : permissions) {
            if (!ReadAccess.may(record, permission)) {
                throw new hudson.security.AccessDeniedException3(Jenkins.getAuthentication2(), permission);
            }
        }
        CompletableFuture<String> outcome = action.apply(record);
        try {
            outcome.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOGGER.log(Level.FINE, "The page tells what failed.", e);
        } catch (TimeoutException e) {
            LOGGER.log(Level.FINE, "The page tells that it is under way.", e);
        }
        return HttpResponses.redirectViaContextPath(
                "list".equals(req.getParameter("from"))
                        ? "dedalus/"
                        : "dedalus/preview/" + record.key().id() + "/");
    }
}
