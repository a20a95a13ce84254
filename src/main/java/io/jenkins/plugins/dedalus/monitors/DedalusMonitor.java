package io.jenkins.plugins.dedalus.monitors;

import hudson.model.AdministrativeMonitor;
import java.io.IOException;
import java.util.List;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpRedirect;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Something about the configuration that an administrator should know. Each kind can be dismissed on its own. */
@Restricted(NoExternalUse.class)
public abstract class DedalusMonitor extends AdministrativeMonitor {
    /** What is wrong and what to do, one sentence or more each; empty when all is well. Must not wait: read on page views. */
    public abstract List<String> getSentences();

    /** The colour: {@code warning} or {@code danger}. */
    public String getSeverity() {
        return isSecurity() ? "danger" : "warning";
    }

    @Override
    public boolean isActivated() {
        return !getSentences().isEmpty();
    }

    /** The buttons: leads to the configuration, or dismisses. */
    @RequirePOST
    public HttpResponse doAct(@QueryParameter String dismiss) throws IOException {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        if (dismiss != null) {
            disable(true);
            return HttpResponses.forwardToPreviousPage();
        }
        return new HttpRedirect(Jenkins.get().getRootUrlFromRequest() + "manage/" + settingsPage());
    }

    /** The page below Manage Jenkins where this is put right. */
    String settingsPage() {
        return "configure";
    }
}
