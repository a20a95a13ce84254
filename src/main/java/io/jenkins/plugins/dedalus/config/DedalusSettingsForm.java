package io.jenkins.plugins.dedalus.config;

import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The web methods behind the global form. Administrators only, and only by POST. */
@Restricted(NoExternalUse.class)
public abstract class DedalusSettingsForm extends GlobalConfiguration {
    @Override
    public String getDisplayName() {
        return Messages.DedalusGlobalConfiguration_displayName();
    }

    private static void checkPermission() {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
    }

    /**
     * Whether the user may look at the form and no more: then nothing is checked, for the answer might tell more than the form.
     * Whoever may not even look is refused.
     */
    static boolean isReadOnly() {
        if (Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
            return false;
        }
        Jenkins.get().checkPermission(Jenkins.SYSTEM_READ);
        return true;
    }

    /** Checks the API's URL. */
    @POST
    public FormValidation doCheckApiUrl(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return SettingChecks.form(() -> SettingChecks.apiUrl(value));
    }

    /** Lists the Secret text credentials of Jenkins. */
    @POST
    public ListBoxModel doFillCredentialsIdItems(@QueryParameter String credentialsId) {
        return ApiCredentials.list(null, credentialsId, Messages.DedalusGlobalConfiguration_noCredentials());
    }

    /** Checks that the credentials exist. */
    @POST
    public FormValidation doCheckCredentialsId(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return ApiCredentials.check(null, "credentialsId", value);
    }

    /** Checks the organisation's id. */
    @POST
    public FormValidation doCheckOrganizationId(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return SettingChecks.form(() -> String.valueOf(SettingChecks.organizationId(value)));
    }

    /** Lists the Secret text credentials of Jenkins. */
    @POST
    public ListBoxModel doFillViewerKeyCredentialsIdItems(@QueryParameter String viewerKeyCredentialsId) {
        return ApiCredentials.list(null, viewerKeyCredentialsId, Messages.DedalusGlobalConfiguration_noViewerKey());
    }

    /** Checks that the viewer key exists, and says what it risks. */
    @POST
    public FormValidation doCheckViewerKeyCredentialsId(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        FormValidation checked = ApiCredentials.check(null, "viewerKeyCredentialsId", value);
        boolean set = Util.fixEmptyAndTrim(value) != null;
        return set && checked.kind == FormValidation.Kind.OK
                ? FormValidation.warning(Messages.DedalusGlobalConfiguration_viewerKeyRisk())
                : checked;
    }

    /** Checks the grace of closed change requests. */
    @POST
    public FormValidation doCheckClosedGrace(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return SettingChecks.form(
                () -> SettingChecks.grace("closedGrace", value, DedalusGlobalConfiguration.DEFAULT_CLOSED_GRACE));
    }

    /** Checks the grace of unconfirmed closings. */
    @POST
    public FormValidation doCheckUnconfirmedGrace(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return SettingChecks.form(() ->
                SettingChecks.grace("unconfirmedGrace", value, DedalusGlobalConfiguration.DEFAULT_UNCONFIRMED_GRACE));
    }

    /** Checks the public address of previews. */
    @POST
    public FormValidation doCheckPublicUrl(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return SettingChecks.form(() -> String.valueOf(SettingChecks.publicUrl(value)));
    }

    /** Lists who may view. */
    @POST
    public ListBoxModel doFillViewerAccessItems() {
        Jenkins.get().checkPermission(Jenkins.SYSTEM_READ);
        ListBoxModel items = new ListBoxModel();
        items.add(Messages.DedalusGlobalConfiguration_accessPublic(), "public");
        items.add(Messages.DedalusGlobalConfiguration_accessJenkins(), "jenkins");
        return items;
    }

    /** Checks the hosts that requests may be forwarded to. */
    @POST
    public FormValidation doCheckUpstreamAllowList(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return SettingChecks.form(() -> SettingChecks.upstreamAllowList(value));
    }

    /** Checks the minutes between reconciliations. */
    @POST
    public FormValidation doCheckReconcileMinutes(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return SettingChecks.form(() -> {
            Integer minutes = FormNumbers.integer("reconcileMinutes", value);
            return minutes == null
                    ? DedalusGlobalConfiguration.DEFAULT_RECONCILE_MINUTES
                    : SettingChecks.reconcileMinutes(minutes);
        });
    }

    /** Checks how many machines there may be. */
    @POST
    public FormValidation doCheckMaxMachines(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return SettingChecks.form(() -> {
            Integer most = FormNumbers.integer("maxMachines", value);
            return most == null ? 0 : SettingChecks.maxMachines(most);
        });
    }

    /** Lists what builds may do when there may be no more machines. */
    @POST
    public ListBoxModel doFillWhenFullItems() {
        Jenkins.get().checkPermission(Jenkins.SYSTEM_READ);
        ListBoxModel items = new ListBoxModel();
        items.add(Messages.DedalusGlobalConfiguration_fullFail(), "fail");
        items.add(Messages.DedalusGlobalConfiguration_fullWait(), "wait");
        return items;
    }

    /** Checks how many machines may be awake. */
    @POST
    public FormValidation doCheckMaxAwake(@QueryParameter String value) {
        if (isReadOnly()) {
            return FormValidation.ok();
        }
        return SettingChecks.form(() -> {
            Integer most = FormNumbers.integer("maxAwake", value);
            return most == null ? 0 : SettingChecks.machines("maxAwake", most);
        });
    }

    /** Asks the API for the account's machines and says in words what is there, or what is wrong. */
    @POST
    public FormValidation doTestConnection(
            @QueryParameter String apiUrl,
            @QueryParameter String credentialsId,
            @QueryParameter String organizationId) {
        checkPermission();
        return ConnectionCheck.run(apiUrl, credentialsId, organizationId);
    }
}
