package io.jenkins.plugins.dedalus.config;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.cloudbees.hudson.plugins.folder.AbstractFolderProperty;
import com.cloudbees.hudson.plugins.folder.AbstractFolderPropertyDescriptor;
import hudson.Extension;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import java.util.OptionalInt;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * What a folder, or a multibranch project, says otherwise than the global configuration: the credentials and the defaults.
 * Never the API's URL: one chosen by a folder would be told the key.
 */
@Restricted(NoExternalUse.class)
public class DedalusFolderProperty extends AbstractFolderProperty<AbstractFolder<?>> {
    private String credentialsId;
    private PreviewDefaults defaults = new PreviewDefaults();
    private String allowedJobs;
    private Integer maxMachines;

    /** Overrides nothing. */
    @DataBoundConstructor
    public DedalusFolderProperty() {
        // Everything is optional.
    }

    /** The id of the Secret text credentials with the API key; null to inherit. */
    public String getCredentialsId() {
        return credentialsId;
    }

    /** Sets the id of the credentials; empty means to inherit. */
    @DataBoundSetter
    public void setCredentialsId(String value) {
        credentialsId = SettingChecks.credentialsId("credentialsId", value);
    }

    /** The defaults that differ; never null. */
    public PreviewDefaults getDefaults() {
        return defaults == null ? new PreviewDefaults() : defaults;
    }

    /** Sets the defaults that differ. */
    @DataBoundSetter
    public void setDefaults(PreviewDefaults value) {
        if (value != null && value.getVisibility() != null) {
            SettingCombinations.checkVisibility(
                    DedalusGlobalConfiguration.get().inForce(), Visibility.of(value.getVisibility()));
        }
        defaults = value;
    }

    /**
     * The other jobs that may use open previews of this folder's jobs, one full name a line; {@code *} stands for anything but
     * a slash, {@code **} for anything. Null for none.
     */
    public String getAllowedJobs() {
        return allowedJobs;
    }

    /** Sets the other jobs that may use these previews. */
    @DataBoundSetter
    public void setAllowedJobs(String value) {
        allowedJobs = AllowedJobs.check(value);
    }

    /** How many machines the previews of this folder's jobs may have together; null for no limit of its own. */
    public Integer getMaxMachines() {
        return maxMachines;
    }

    /** Sets how many machines there may be, 1 to 100,000; null or 0 for no limit of its own. */
    @DataBoundSetter
    public void setMaxMachines(Integer value) {
        maxMachines = value == null || SettingChecks.maxMachines(value) == 0 ? null : value;
    }

    /** Whether {@code holder} or a folder around it names {@code job} among those that may use its previews. */
    public static boolean allows(ItemGroup<?> holder, Item job) {
        ItemGroup<?> at = holder;
        while (at instanceof Item item) {
            DedalusFolderProperty property = at instanceof AbstractFolder<?> folder
                    ? folder.getProperties().get(DedalusFolderProperty.class)
                    : null;
            if (property != null && AllowedJobs.match(property.allowedJobs, job.getFullName())) {
                return true;
            }
            at = item.getParent();
        }
        return false;
    }

    /** Form and validation. Whoever may configure the folder may ask. */
    @Extension
    @Symbol("dedalus")
    public static final class DescriptorImpl extends AbstractFolderPropertyDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.DedalusFolderProperty_displayName();
        }

        @Override
        public AbstractFolderProperty<?> newInstance(StaplerRequest2 req, JSONObject form) throws FormException {
            return FormErrors.binding(() -> {
                FormNumbers.requireInteger(form, "maxMachines");
                FormNumbers.requireNested(form, "defaults", PreviewDefaults.DescriptorImpl::checkNumbers);
                DedalusFolderProperty made = (DedalusFolderProperty) super.newInstance(req, form);
                boolean empty = made == null
                        || made.credentialsId == null
                                && made.allowedJobs == null
                                && made.maxMachines == null
                                && made.getDefaults().isEmpty();
                return empty ? null : made;
            });
        }

        /** Lists the Secret text credentials that the folder can use. */
        @POST
        public ListBoxModel doFillCredentialsIdItems(
                @AncestorInPath Item folder, @QueryParameter String credentialsId) {
            return ApiCredentials.list(folder, credentialsId, Messages.DedalusFolderProperty_inherited());
        }

        /** Checks that the credentials exist. */
        @POST
        public FormValidation doCheckCredentialsId(@AncestorInPath Item folder, @QueryParameter String value) {
            if (isReadOnly(folder)) {
                return FormValidation.ok();
            }
            return ApiCredentials.check(folder, "credentialsId", value);
        }

        /** Checks the names of jobs. */
        @POST
        public FormValidation doCheckAllowedJobs(@AncestorInPath Item folder, @QueryParameter String value) {
            if (isReadOnly(folder)) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> String.valueOf(AllowedJobs.check(value)));
        }

        /** Checks how many machines there may be, and says if what surrounds the folder allows fewer. */
        @POST
        public FormValidation doCheckMaxMachines(@AncestorInPath Item folder, @QueryParameter String value) {
            if (isReadOnly(folder)) {
                return FormValidation.ok();
            }
            FormValidation checked = SettingChecks.form(() -> {
                Integer most = FormNumbers.integer("maxMachines", value);
                return most == null ? 0 : SettingChecks.maxMachines(most);
            });
            Integer most = checked.kind == FormValidation.Kind.OK ? FormNumbers.integer("maxMachines", value) : null;
            OptionalInt around = folder == null ? OptionalInt.empty() : MachineCap.leastAround(folder.getFullName());
            return most != null && around.isPresent() && most > around.getAsInt()
                    ? FormValidation.warning(Messages.DedalusFolderProperty_moreThanAround(around.getAsInt()))
                    : checked;
        }

        /** Refuses whoever may not even look at the form. */
        static void checkMayLook(Item folder) {
            isReadOnly(folder);
        }

        /** As {@link DedalusSettingsForm#isReadOnly()}, of a folder; null for Jenkins itself. */
        static boolean isReadOnly(Item folder) {
            if (folder == null) {
                return DedalusSettingsForm.isReadOnly();
            }
            if (folder.hasPermission(Item.CONFIGURE)) {
                return false;
            }
            folder.checkPermission(Item.EXTENDED_READ);
            return true;
        }
    }
}
