package io.jenkins.plugins.dedalus.config;

import hudson.BulkChange;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * The plugin's global configuration: {@code unclassified: dedalus:} in Configuration as Code. Every setter refuses what the
 * form would refuse, and nothing is saved unless all of it fits together.
 */
@Extension
@Symbol("dedalus")
@Restricted(NoExternalUse.class)
public class DedalusGlobalConfiguration extends DedalusSettingsForm {
    /** Where the API is unless said otherwise. */
    public static final String DEFAULT_API_URL = DedalusClient.DEFAULT_BASE_URL;

    static final String DEFAULT_UPSTREAMS = ".dedaluslabs.ai";
    public static final String DEFAULT_ACCESS = "public";
    static final String DEFAULT_CLOSED_GRACE = "1d";
    static final String DEFAULT_UNCONFIRMED_GRACE = "7d";
    static final int DEFAULT_RECONCILE_MINUTES = 15;
    static final String DEFAULT_WHEN_FULL = "fail";

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
    private int maxMachines;
    private String whenFull = DEFAULT_WHEN_FULL;
    private int maxAwake;

    /** What everybody reads. The fields above are what is saved, and what setters prepare. */
    private transient volatile SettingsInForce inForce;

    /** The attempt that the setters' values belong to: one application of Configuration as Code, or null for other code. */
    private transient BulkChange attempt;

    /** Loads what was saved. */
    public DedalusGlobalConfiguration() {
        load();
        inForce = prepared();
    }

    /** A draft that takes a submitted form, so that a bad value leaves the saved ones alone. */
    private DedalusGlobalConfiguration(JSONObject ignored) {
        inForce = prepared();
    }

    /** The configuration in force. */
    public static DedalusGlobalConfiguration get() {
        return ExtensionList.lookupSingleton(DedalusGlobalConfiguration.class);
    }

    @Override
    public boolean configure(StaplerRequest2 req, JSONObject form) throws FormException {
        take(FormErrors.binding(() -> {
            FormNumbers.requireInteger(form, "reconcileMinutes");
            FormNumbers.requireIntegerOr(form, "maxMachines", 0);
            FormNumbers.requireIntegerOr(form, "maxAwake", 0);
            FormNumbers.requireNested(form, "defaults", PreviewDefaults.DescriptorImpl::checkNumbers);
            FormNumbers.requireNested(form, "listener", nested -> FormNumbers.requireInteger(nested, "port"));
            DedalusGlobalConfiguration draft = new DedalusGlobalConfiguration(form);
            req.bindJSON(draft, form);
            SettingCombinations.check(draft.prepared());
            return draft;
        }));
        save();
        return true;
    }

    /** What is in force, as one value: what is read from it together fits together. */
    public SettingsInForce inForce() {
        return inForce;
    }

    private SettingsInForce prepared() {
        return new SettingsInForce(
                apiUrl,
                credentialsId,
                organizationId,
                viewerKeyCredentialsId,
                defaults,
                closedGrace,
                unconfirmedGrace,
                forksAllowed,
                publicUrl,
                viewerAccess,
                upstreamAllowList,
                listener,
                reconcileMinutes,
                maxMachines,
                whenFull == null ? DEFAULT_WHEN_FULL : whenFull,
                maxAwake);
    }

    private void prepare(SettingsInForce from) {
        apiUrl = from.apiUrl();
        credentialsId = from.credentialsId();
        organizationId = from.organizationId();
        viewerKeyCredentialsId = from.viewerKeyCredentialsId();
        defaults = from.defaults();
        closedGrace = from.closedGrace();
        unconfirmedGrace = from.unconfirmedGrace();
        forksAllowed = from.forksAllowed();
        publicUrl = from.publicUrl();
        viewerAccess = from.viewerAccess();
        upstreamAllowList = from.upstreamAllowList();
        listener = from.listener();
        reconcileMinutes = from.reconcileMinutes();
        maxMachines = from.maxMachines();
        whenFull = from.whenFull();
        maxAwake = from.maxAwake();
    }

    private synchronized void take(DedalusGlobalConfiguration draft) {
        prepare(draft.prepared());
    }

    /** Begins with the settings in force, not with what an attempt left behind that came to nothing. */
    private void prepareAnew() {
        BulkChange now = BulkChange.current();
        if (now != attempt) {
            attempt = now;
            prepare(inForce);
        }
    }

    /** Sets one of them; a bad value ends the whole attempt. */
    private synchronized void set(Runnable setter) {
        prepareAnew();
        try {
            setter.run();
        } catch (InvalidSettingException e) {
            prepare(inForce);
            throw e;
        }
    }

    /** Saves if all settings fit together, puts them in force and lets the engine know; otherwise nothing changes. */
    @Override
    public synchronized void save() {
        if (BulkChange.contains(this)) {
            return;
        }
        try {
            SettingCombinations.check(prepared());
        } catch (InvalidSettingException e) {
            prepare(inForce);
            throw e;
        }
        super.save();
        attempt = null;
        inForce = prepared();
        Jenkins jenkins = Jenkins.getInstanceOrNull();
        if (jenkins != null && jenkins.getInitLevel().compareTo(InitMilestone.JOB_LOADED) >= 0) {
            Moment.wait(SettingsListener.followed());
        }
    }

    /** The API's base URL. Global only: a folder's URL could be told the global key. */
    public String getApiUrl() {
        return inForce.apiUrl();
    }

    /** Sets the API's base URL: https unless on loopback; empty means the default. */
    @DataBoundSetter
    public void setApiUrl(String value) {
        set(() -> apiUrl = SettingChecks.apiUrl(value));
    }

    /** The id of the Secret text credentials with the API key; null if there are none yet. */
    public String getCredentialsId() {
        return inForce.credentialsId();
    }

    /** Sets the id of the Secret text credentials with the API key. */
    @DataBoundSetter
    public void setCredentialsId(String value) {
        set(() -> credentialsId = SettingChecks.credentialsId("credentialsId", value));
    }

    /** The organisation that calls act for; null for the key's own. */
    public String getOrganizationId() {
        return inForce.organizationId();
    }

    /** Sets the organisation, a UUID. */
    @DataBoundSetter
    public void setOrganizationId(String value) {
        set(() -> organizationId = SettingChecks.organizationId(value));
    }

    /** The id of the credentials with the viewer key; null, the default, sends none. */
    public String getViewerKeyCredentialsId() {
        return inForce.viewerKeyCredentialsId();
    }

    /** Sets the credentials whose secret is sent to {@code org} and {@code private} preview URLs. */
    @DataBoundSetter
    public void setViewerKeyCredentialsId(String value) {
        set(() -> viewerKeyCredentialsId = SettingChecks.credentialsId("viewerKeyCredentialsId", value));
    }

    /** What previews are made of where nothing else is said; never null. */
    public PreviewDefaults getDefaults() {
        return inForce.defaults();
    }

    /** Sets the defaults; null means none of our own. */
    @DataBoundSetter
    public void setDefaults(PreviewDefaults value) {
        set(() -> defaults = value == null ? new PreviewDefaults() : value);
    }

    /** How long a closed change request's machine sleeps before it is deleted, in the API's notation. */
    public String getClosedGrace() {
        return inForce.closedGrace();
    }

    /** Sets the grace of closed change requests; {@code 0} deletes at once. */
    @DataBoundSetter
    public void setClosedGrace(String value) {
        set(() -> closedGrace = SettingChecks.grace("closedGrace", value, DEFAULT_CLOSED_GRACE));
    }

    /** The grace of closed change requests. */
    public Duration closedGrace() {
        return SettingChecks.graceOf("closedGrace", inForce.closedGrace());
    }

    /** How long a machine sleeps whose change request only seems to be closed, in the API's notation. */
    public String getUnconfirmedGrace() {
        return inForce.unconfirmedGrace();
    }

    /** Sets the grace of unconfirmed closings; at least the other one's. */
    @DataBoundSetter
    public void setUnconfirmedGrace(String value) {
        set(() -> unconfirmedGrace = SettingChecks.grace("unconfirmedGrace", value, DEFAULT_UNCONFIRMED_GRACE));
    }

    /** The grace of unconfirmed closings. */
    public Duration unconfirmedGrace() {
        return SettingChecks.graceOf("unconfirmedGrace", inForce.unconfirmedGrace());
    }

    /** Whether change requests from forks can get a preview: each commit after an approval, and without any secret. */
    public boolean isForksAllowed() {
        return inForce.forksAllowed();
    }

    /** Sets whether change requests from forks get a preview. */
    @DataBoundSetter
    public void setForksAllowed(boolean value) {
        set(() -> forksAllowed = value);
    }

    /** The public address of previews, e.g. {@code https://{preview}.previews.example.net}; null for Dedalus' own URLs. */
    public String getPublicUrl() {
        return inForce.publicUrl();
    }

    /** Sets the public address of previews. */
    @DataBoundSetter
    public void setPublicUrl(String value) {
        set(() -> publicUrl = SettingChecks.publicUrl(value));
    }

    /** Who may view a preview at its public address: {@code public} or {@code jenkins}. */
    public String getViewerAccess() {
        return inForce.viewerAccess();
    }

    /** Sets who may view a preview at its public address. */
    @DataBoundSetter
    public void setViewerAccess(String value) {
        set(() -> viewerAccess = SettingChecks.viewerAccess(value));
    }

    /** The hosts, and endings of hosts, that viewers' requests may be forwarded to, separated by spaces. */
    public String getUpstreamAllowList() {
        return inForce.upstreamAllowList();
    }

    /** Sets the hosts that requests may be forwarded to. */
    @DataBoundSetter
    public void setUpstreamAllowList(String value) {
        set(() -> upstreamAllowList = SettingChecks.upstreamAllowList(value));
    }

    public List<String> upstreams() {
        return SettingChecks.words(inForce.upstreamAllowList()).toList();
    }

    /** Where the controller listens for viewers; null, the default: it doesn't. */
    public ListenerConfiguration getListener() {
        return inForce.listener();
    }

    /** Sets where the controller listens for viewers; null for nowhere. */
    @DataBoundSetter
    public void setListener(ListenerConfiguration value) {
        set(() -> listener = value);
    }

    /** Minutes between two reconciliations of the ledger with Dedalus. */
    public int getReconcileMinutes() {
        return inForce.reconcileMinutes();
    }

    /** Sets the minutes between two reconciliations, 1 to 1440. */
    @DataBoundSetter
    public void setReconcileMinutes(int value) {
        set(() -> reconcileMinutes = SettingChecks.reconcileMinutes(value));
    }

    /** How many machines all previews together may have; 0 for no limit. */
    public int getMaxMachines() {
        return inForce.maxMachines();
    }

    /** Sets how many machines there may be, 0 (no limit) to 100,000; those that are there stay. */
    @DataBoundSetter
    public void setMaxMachines(int value) {
        set(() -> maxMachines = SettingChecks.maxMachines(value));
    }

    /** What a build does when there may be no more machines: {@code wait} or {@code fail}. */
    public String getWhenFull() {
        return inForce.whenFull();
    }

    /** Sets whether builds wait for a machine or fail when there may be no more. */
    @DataBoundSetter
    public void setWhenFull(String value) {
        set(() -> whenFull = SettingChecks.whenFull(value));
    }

    /** How many machines of each account may be awake at once; 0 for no limit. */
    public int getMaxAwake() {
        return inForce.maxAwake();
    }

    /** Sets how many machines of each account may be awake at once, 0 (no limit) to 100,000. */
    @DataBoundSetter
    public void setMaxAwake(int value) {
        set(() -> maxAwake = SettingChecks.machines("maxAwake", value));
    }
}
