package io.jenkins.plugins.dedalus.config;

import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import java.time.Duration;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * The plugin's global configuration: {@code unclassified: dedalus:} in Configuration as Code. Every setter refuses what the
 * form would refuse, and nothing is saved unless all of it fits together.
 */
@Extension
@Symbol("dedalus")
public class DedalusGlobalConfiguration extends DedalusSettingsForm {
    /** Where the API is unless said otherwise. */
    public static final String DEFAULT_API_URL = DedalusClient.DEFAULT_BASE_URL;

    static final String DEFAULT_UPSTREAMS = ".dedaluslabs.ai";
    static final String DEFAULT_ACCESS = "public";
    static final String DEFAULT_CLOSED_GRACE = "1d";
    static final String DEFAULT_UNCONFIRMED_GRACE = "7d";
    static final int DEFAULT_RECONCILE_MINUTES = 15;

    private String apiUrl = DEFAULT_API_URL;
    private String credentialsId;
    private String organizationId;
    private String viewerKeyCredentialsId;
    private PreviewDefaults defaults = new PreviewDefaults();
    private String closedGrace = DEFAULT_CLOSED_GRACE;
    private String unconfirmedGrace = DEFAULT_UNCONFIRMED_GRACE;
    private boolean forksAllowed;
    private String publicUrl;
    private String viewerAccess = DEFAULT_ACCESS;
    private String upstreamAllowList = DEFAULT_UPSTREAMS;
    private ListenerConfiguration listener;
    private int reconcileMinutes = DEFAULT_RECONCILE_MINUTES;

    /** Loads what was saved. */
    public DedalusGlobalConfiguration() {
        load();
    }

    /** A draft that takes a submitted form, so that a bad value leaves the saved ones alone. */
    private DedalusGlobalConfiguration(JSONObject ignored) {
        // Not loaded on purpose.
    }

    /** The configuration in force. */
    public static DedalusGlobalConfiguration get() {
        return ExtensionList.lookupSingleton(DedalusGlobalConfiguration.class);
    }

    @Override
    public boolean configure(StaplerRequest2 req, JSONObject form) throws FormException {
        take(FormErrors.binding(() -> {
            FormNumbers.requireInteger(form, "reconcileMinutes");
            FormNumbers.requireNested(form, "defaults", PreviewDefaults.DescriptorImpl::checkNumbers);
            FormNumbers.requireNested(form, "listener", nested -> FormNumbers.requireInteger(nested, "port"));
            DedalusGlobalConfiguration draft = new DedalusGlobalConfiguration(form);
            req.bindJSON(draft, form);
            SettingCombinations.check(draft);
            return draft;
        }));
        save();
        return true;
    }

    private synchronized void take(DedalusGlobalConfiguration draft) {
        apiUrl = draft.apiUrl;
        credentialsId = draft.credentialsId;
        organizationId = draft.organizationId;
        viewerKeyCredentialsId = draft.viewerKeyCredentialsId;
        defaults = draft.defaults;
        closedGrace = draft.closedGrace;
        unconfirmedGrace = draft.unconfirmedGrace;
        forksAllowed = draft.forksAllowed;
        publicUrl = draft.publicUrl;
        viewerAccess = draft.viewerAccess;
        upstreamAllowList = draft.upstreamAllowList;
        listener = draft.listener;
        reconcileMinutes = draft.reconcileMinutes;
    }

    /** Saves if all settings fit together and lets the engine know; otherwise goes back to what was saved and throws. */
    @Override
    public synchronized void save() {
        try {
            SettingCombinations.check(this);
        } catch (InvalidSettingException e) {
            take(new DedalusGlobalConfiguration());
            throw e;
        }
        super.save();
        PreviewService.settingsChanged();
    }

    /** The API's base URL. Global only: a folder's URL could be told the global key. */
    public String getApiUrl() {
        return apiUrl;
    }

    /** Sets the API's base URL: https unless on loopback; empty means the default. */
    @DataBoundSetter
    public void setApiUrl(String value) {
        apiUrl = SettingChecks.apiUrl(value);
    }

    /** The id of the Secret text credentials with the API key; null if there are none yet. */
    public String getCredentialsId() {
        return credentialsId;
    }

    /** Sets the id of the Secret text credentials with the API key. */
    @DataBoundSetter
    public void setCredentialsId(String value) {
        credentialsId = SettingChecks.credentialsId("credentialsId", value);
    }

    /** The organisation that calls act for; null for the key's own. */
    public String getOrganizationId() {
        return organizationId;
    }

    /** Sets the organisation, a UUID. */
    @DataBoundSetter
    public void setOrganizationId(String value) {
        organizationId = SettingChecks.organizationId(value);
    }

    /** The id of the credentials with the viewer key; null, the default, sends none. */
    public String getViewerKeyCredentialsId() {
        return viewerKeyCredentialsId;
    }

    /** Sets the credentials whose secret is sent to {@code org} and {@code private} preview URLs. */
    @DataBoundSetter
    public void setViewerKeyCredentialsId(String value) {
        viewerKeyCredentialsId = SettingChecks.credentialsId("viewerKeyCredentialsId", value);
    }

    /** What previews are made of where nothing else is said; never null. */
    public PreviewDefaults getDefaults() {
        return defaults;
    }

    /** Sets the defaults; null means none of our own. */
    @DataBoundSetter
    public void setDefaults(PreviewDefaults value) {
        defaults = value == null ? new PreviewDefaults() : value;
    }

    /** How long a closed change request's machine sleeps before it is deleted, in the API's notation. */
    public String getClosedGrace() {
        return closedGrace;
    }

    /** Sets the grace of closed change requests; {@code 0} deletes at once. */
    @DataBoundSetter
    public void setClosedGrace(String value) {
        closedGrace = SettingChecks.grace("closedGrace", value, DEFAULT_CLOSED_GRACE);
    }

    /** The grace of closed change requests. */
    public Duration closedGrace() {
        return SettingChecks.graceOf("closedGrace", closedGrace);
    }

    /** How long a machine sleeps whose change request only seems to be closed, in the API's notation. */
    public String getUnconfirmedGrace() {
        return unconfirmedGrace;
    }

    /** Sets the grace of unconfirmed closings; at least the other one's. */
    @DataBoundSetter
    public void setUnconfirmedGrace(String value) {
        unconfirmedGrace = SettingChecks.grace("unconfirmedGrace", value, DEFAULT_UNCONFIRMED_GRACE);
    }

    /** The grace of unconfirmed closings. */
    public Duration unconfirmedGrace() {
        return SettingChecks.graceOf("unconfirmedGrace", unconfirmedGrace);
    }

    /** Whether change requests from forks can get a preview: each commit after an approval, and without any secret. */
    public boolean isForksAllowed() {
        return forksAllowed;
    }

    /** Sets whether change requests from forks get a preview. */
    @DataBoundSetter
    public void setForksAllowed(boolean value) {
        forksAllowed = value;
    }

    /** The public address of previews, e.g. {@code https://{preview}.previews.example.net}; null for Dedalus' own URLs. */
    public String getPublicUrl() {
        return publicUrl;
    }

    /** Sets the public address of previews. */
    @DataBoundSetter
    public void setPublicUrl(String value) {
        publicUrl = SettingChecks.publicUrl(value);
    }

    /** Who may view a preview at its public address: {@code public} or {@code jenkins}. */
    public String getViewerAccess() {
        return viewerAccess;
    }

    /** Sets who may view a preview at its public address. */
    @DataBoundSetter
    public void setViewerAccess(String value) {
        viewerAccess = SettingChecks.viewerAccess(value);
    }

    /** The hosts, and endings of hosts, that viewers' requests may be forwarded to, separated by spaces. */
    public String getUpstreamAllowList() {
        return upstreamAllowList;
    }

    /** Sets the hosts that requests may be forwarded to. */
    @DataBoundSetter
    public void setUpstreamAllowList(String value) {
        upstreamAllowList = SettingChecks.upstreamAllowList(value);
    }

    List<String> upstreams() {
        return SettingChecks.words(upstreamAllowList).toList();
    }

    /** Where the controller listens for viewers; null, the default: it doesn't. */
    public ListenerConfiguration getListener() {
        return listener;
    }

    /** Sets where the controller listens for viewers; null for nowhere. */
    @DataBoundSetter
    public void setListener(ListenerConfiguration value) {
        listener = value;
    }

    /** Minutes between two reconciliations of the ledger with Dedalus. */
    public int getReconcileMinutes() {
        return reconcileMinutes;
    }

    /** Sets the minutes between two reconciliations, 1 to 1440. */
    @DataBoundSetter
    public void setReconcileMinutes(int value) {
        reconcileMinutes = SettingChecks.reconcileMinutes(value);
    }
}
