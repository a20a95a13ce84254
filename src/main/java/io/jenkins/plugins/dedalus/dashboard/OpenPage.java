package io.jenkins.plugins.dedalus.dashboard;

import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.handover.CrossOriginRedirect;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.view.DisplayedState;
import io.jenkins.plugins.dedalus.view.PreviewRow;
import io.jenkins.plugins.dedalus.view.ReadAccess;
import io.jenkins.plugins.dedalus.view.RecentActions;
import java.time.Duration;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerResponse2;
import org.kohsuke.stapler.verb.GET;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code /dedalus/open/<id>/}: the link on builds. Where previews have hosts of their own it leads there, and the proxy
 * wakes; otherwise it wakes here, when asked by a button, and goes on to Dedalus' address. Made per request.
 */
@Restricted(NoExternalUse.class)
public final class OpenPage implements StaplerProxy {
    private static final String REFRESH_SECONDS = "2";
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final PreviewRecord record;
    private final String portName;

    /** @param portName the exposed port that is wanted; null for the main one */
    OpenPage(PreviewRecord record, String portName) {
        this.record = record;
        this.portName = portName;
    }

    /** Asked before anything below this address. */
    @Override
    public Object getTarget() {
        if (!ReadAccess.maySee(record)) {
            throw HttpResponses.notFound();
        }
        return this;
    }

    /** The port under this one: {@code /dedalus/open/<id>/<port>/}. */
    public OpenPage getDynamic(String name) {
        return portName == null && record.ports().containsKey(name) ? new OpenPage(record, name) : null;
    }

    /** Leads on, or shows the page with the button. */
    @GET
    public HttpResponse doIndex(StaplerResponse2 rsp) {
        rsp.setHeader("Cache-Control", "no-store");
        rsp.setHeader("Referrer-Policy", "no-referrer");
        String address = address();
        boolean served = address != null && !getRow().isClosed();
        if (served && (DedalusGlobalConfiguration.get().getPublicUrl() != null || isAwake())) {
            return CrossOriginRedirect.to(address);
        }
        if (isWaking() || record.operation() != null && !getRow().isClosed()) {
            rsp.setHeader("Refresh", REFRESH_SECONDS);
        }
        return HttpResponses.forwardToView(this, "page");
    }

    /** Wakes; whoever may see the job may. The page that follows goes on by itself. */
    @POST
    public HttpResponse doWake() {
        Actions.wake(record);
        return HttpResponses.redirectViaContextPath(getRow().getOpenUrl() + (portName == null ? "" : portName + "/"));
    }

    private ExposedPort port() {
        return portName == null ? record.mainPort() : record.ports().get(portName);
    }

    private String address() {
        ExposedPort port = port();
        return port == null || record.deployedAt() == null
                ? null
                : PreviewEngines.get().publicUrl(port);
    }

    private boolean isAwake() {
        return record.machineId() != null
                && PreviewEngines.get()
                        .gateNow(record.key())
                        .filter(gate -> gate.believedActive(
                                record.machineId(), record.autosleep().duration()))
                        .isPresent();
    }

    /** Whether a wake is under way. */
    public boolean isWaking() {
        return asked().map(RecentActions.Asked::running).orElse(false) || getRow().getShown() == DisplayedState.WAKING;
    }

    /** Whether the page offers to wake. */
    public boolean isWakeable() {
        return !isWaking() && record.machineId() != null && address() != null && !getRow().isClosed();
    }

    /** Why the last wake failed, a sentence; null if it didn't. */
    public String getFailure() {
        return asked().filter(each -> !each.running() && !each.succeeded())
                .map(RecentActions.Asked::sentence)
                .orElse(null);
    }

    private Optional<RecentActions.Asked> asked() {
        return RecentActions.get().last(record.key()).filter(each -> Messages.Actions_wake()
                .equals(each.what()));
    }

    /** What to show. */
    public PreviewRow getRow() {
        return PreviewRow.of(record, PATIENCE);
    }

    /** The title. */
    public String getDisplayName() {
        return record.key().id();
    }
}
