package io.jenkins.plugins.dedalus.config;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import net.sf.json.JSONObject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * What a preview is made of where the Jenkinsfile says nothing. Each value may be left out (null): a folder then takes its
 * parent's, the outermost one the global configuration's, and that {@link PreviewSpec}'s own.
 */
@Restricted(NoExternalUse.class)
public final class PreviewDefaults extends AbstractDescribableImpl<PreviewDefaults> {
    private String vcpu;
    private Integer memoryMib;
    private Integer storageGib;
    private String autosleep;
    private String ttl;
    private Integer port;
    private String visibility;

    /** Sets nothing. */
    @DataBoundConstructor
    public PreviewDefaults() {
        // Everything is optional.
    }

    /**
     * The defaults that hold for {@code item}: the global ones, overridden by its folders', the innermost last.
     *
     * @param item a job, a folder, or null for the global defaults alone
     */
    public static PreviewSpec.Builder specFor(Item item) {
        PreviewSpec.Builder spec = PreviewSpec.builder();
        DedalusGlobalConfiguration.get().getDefaults().applyTo(spec);
        Deque<PreviewDefaults> folders = new ArrayDeque<>();
        for (Item at = item; at != null; at = at.getParent() instanceof Item parent ? parent : null) {
            if (at instanceof AbstractFolder<?> folder) {
                DedalusFolderProperty property = folder.getProperties().get(DedalusFolderProperty.class);
                if (property != null) {
                    folders.push(property.getDefaults());
                }
            }
        }
        folders.forEach(defaults -> defaults.applyTo(spec));
        return spec;
    }

    void applyTo(PreviewSpec.Builder spec) {
        if (vcpu != null) {
            spec.vcpu(Double.parseDouble(vcpu));
        }
        if (memoryMib != null) {
            spec.memoryMib(memoryMib);
        }
        if (storageGib != null) {
            spec.storageGib(storageGib);
        }
        if (autosleep != null) {
            spec.autosleep(autosleep);
        }
        if (ttl != null) {
            spec.ttl(PreviewSpec.parseTtl(ttl));
        }
        if (port != null) {
            spec.port(port);
        }
        if (visibility != null) {
            spec.visibility(Visibility.of(visibility));
        }
    }

    /** Virtual CPUs; null if not said. */
    public String getVcpu() {
        return vcpu;
    }

    /** Sets the virtual CPUs, 0.25 to 64. */
    @DataBoundSetter
    public void setVcpu(String value) {
        vcpu = SettingChecks.vcpu(value);
    }

    /** Memory in MiB; null if not said. */
    public Integer getMemoryMib() {
        return memoryMib;
    }

    /** Sets the memory in MiB, 256 to 262144. */
    @DataBoundSetter
    public void setMemoryMib(Integer value) {
        memoryMib = SettingChecks.memoryMib(value);
    }

    /** Storage in GiB; null if not said. */
    public Integer getStorageGib() {
        return storageGib;
    }

    /** Sets the storage in GiB, 1 to 1000. */
    @DataBoundSetter
    public void setStorageGib(Integer value) {
        storageGib = SettingChecks.storageGib(value);
    }

    /** Autosleep in the API's notation; null if not said. */
    public String getAutosleep() {
        return autosleep;
    }

    /** Sets autosleep, e.g. {@code 15m} or {@code never}. */
    @DataBoundSetter
    public void setAutosleep(String value) {
        autosleep = SettingChecks.autosleep(value);
    }

    /** How long a preview stays that nobody looks at, e.g. {@code 14d} or {@code never}; null if not said. */
    public String getTtl() {
        return ttl;
    }

    /** Sets how long a preview stays that nobody looks at. */
    @DataBoundSetter
    public void setTtl(String value) {
        ttl = SettingChecks.ttl(value);
    }

    /** The app's port; null if not said. */
    public Integer getPort() {
        return port;
    }

    /** Sets the app's port, 1 to 65535. */
    @DataBoundSetter
    public void setPort(Integer value) {
        port = SettingChecks.port(value);
    }

    /** Who may open the Dedalus URL: {@code public}, {@code org} or {@code private}; null if not said. */
    public String getVisibility() {
        return visibility;
    }

    /** Sets the visibility of the Dedalus URL. */
    @DataBoundSetter
    public void setVisibility(String value) {
        visibility = SettingChecks.visibility(value);
    }

    /** Whether nothing is set. */
    boolean isEmpty() {
        return vcpu == null
                && memoryMib == null
                && storageGib == null
                && autosleep == null
                && ttl == null
                && port == null
                && visibility == null;
    }

    /** Form and validation. Whoever may configure the folder, or Jenkins, may ask. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<PreviewDefaults> {
        @Override
        public String getDisplayName() {
            return Messages.PreviewDefaults_displayName();
        }

        @Override
        public PreviewDefaults newInstance(StaplerRequest2 req, JSONObject form) throws FormException {
            return FormErrors.binding(() -> {
                checkNumbers(form);
                return super.newInstance(req, form);
            });
        }

        static void checkNumbers(JSONObject form) {
            FormNumbers.requireInteger(form, "memoryMib");
            FormNumbers.requireInteger(form, "storageGib");
            FormNumbers.requireInteger(form, "port");
        }

        /** Checks the virtual CPUs. */
        @POST
        public FormValidation doCheckVcpu(@AncestorInPath Item item, @QueryParameter String value) {
            if (DedalusFolderProperty.DescriptorImpl.isReadOnly(item)) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> SettingChecks.vcpu(value));
        }

        /** Checks the memory. */
        @POST
        public FormValidation doCheckMemoryMib(@AncestorInPath Item item, @QueryParameter String value) {
            if (DedalusFolderProperty.DescriptorImpl.isReadOnly(item)) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> SettingChecks.memoryMib(FormNumbers.integer("memoryMib", value)));
        }

        /** Checks the storage. */
        @POST
        public FormValidation doCheckStorageGib(@AncestorInPath Item item, @QueryParameter String value) {
            if (DedalusFolderProperty.DescriptorImpl.isReadOnly(item)) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> SettingChecks.storageGib(FormNumbers.integer("storageGib", value)));
        }

        /** Checks autosleep. */
        @POST
        public FormValidation doCheckAutosleep(@AncestorInPath Item item, @QueryParameter String value) {
            if (DedalusFolderProperty.DescriptorImpl.isReadOnly(item)) {
                return FormValidation.ok();
            }
            FormValidation checked = SettingChecks.form(() -> SettingChecks.autosleep(value));
            boolean never = "never".equals(value.trim().toLowerCase(Locale.ROOT));
            return never && checked.kind == FormValidation.Kind.OK
                    ? FormValidation.warning(Messages.PreviewDefaults_neverSleeps())
                    : checked;
        }

        /** Checks how long a preview stays. */
        @POST
        public FormValidation doCheckTtl(@AncestorInPath Item item, @QueryParameter String value) {
            if (DedalusFolderProperty.DescriptorImpl.isReadOnly(item)) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> SettingChecks.ttl(value));
        }

        /** Checks the port. */
        @POST
        public FormValidation doCheckPort(@AncestorInPath Item item, @QueryParameter String value) {
            if (DedalusFolderProperty.DescriptorImpl.isReadOnly(item)) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> SettingChecks.port(FormNumbers.integer("port", value)));
        }

        /** Lists the visibilities. */
        @POST
        public ListBoxModel doFillVisibilityItems(@AncestorInPath Item item) {
            DedalusFolderProperty.DescriptorImpl.checkMayLook(item);
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.PreviewDefaults_inherited(), "");
            items.add(Messages.PreviewDefaults_public(), "public");
            items.add(Messages.PreviewDefaults_org(), "org");
            items.add(Messages.PreviewDefaults_private(), "private");
            return items;
        }
    }
}
