package io.jenkins.plugins.dedalus.config;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.cloudbees.hudson.plugins.folder.AbstractFolderProperty;
import com.cloudbees.hudson.plugins.folder.AbstractFolderPropertyDescriptor;
import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dedalus.client.Visibility;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
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
public class DedalusFolderProperty extends AbstractFolderProperty<AbstractFolder<?>> {
    private String credentialsId;
    private PreviewDefaults defaults = new PreviewDefaults();

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
            SettingCombinations.checkVisibility(DedalusGlobalConfiguration.get(), Visibility.of(value.getVisibility()));
        }
        defaults = value;
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
                FormNumbers.requireNested(form, "defaults", PreviewDefaults.DescriptorImpl::checkNumbers);
                DedalusFolderProperty made = (DedalusFolderProperty) super.newInstance(req, form);
                boolean empty = made == null
                        || made.credentialsId == null && made.getDefaults().isEmpty();
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
            if (folder == null) {
                Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            } else {
                folder.checkPermission(Item.CONFIGURE);
            }
            return ApiCredentials.check(folder, "credentialsId", value);
        }
    }
}
