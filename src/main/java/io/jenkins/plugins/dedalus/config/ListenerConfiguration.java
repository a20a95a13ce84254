package io.jenkins.plugins.dedalus.config;

import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import java.util.List;
import java.util.Objects;
import net.sf.json.JSONObject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** Where the controller itself listens for viewers of previews. Absent unless configured: then it doesn't. */
@Restricted(NoExternalUse.class)
public final class ListenerConfiguration extends AbstractDescribableImpl<ListenerConfiguration> {
    /** The address of nobody but this machine. */
    public static final String LOOPBACK = "127.0.0.1";

    /** The port unless another is said. */
    public static final int DEFAULT_PORT = 8088;

    private String bindAddress = LOOPBACK;
    private int port = DEFAULT_PORT;
    private String trustedProxies;

    /** Listens on loopback, port 8088. */
    @DataBoundConstructor
    public ListenerConfiguration() {
        // Everything is optional.
    }

    /** The address to bind. */
    public String getBindAddress() {
        return bindAddress;
    }

    /** Sets the address to bind; empty means loopback. */
    @DataBoundSetter
    public void setBindAddress(String value) {
        bindAddress = SettingChecks.bindAddress(value);
    }

    /** The port. */
    public int getPort() {
        return port;
    }

    /** Sets the port, 0 (any free one) to 65535. */
    @DataBoundSetter
    public void setPort(int value) {
        port = SettingChecks.listenPort(value);
    }

    /** Front proxies whose forwarding headers are believed, separated by spaces; null for none. */
    public String getTrustedProxies() {
        return trustedProxies;
    }

    /** Sets the front proxies: addresses or CIDR blocks. */
    @DataBoundSetter
    public void setTrustedProxies(String value) {
        trustedProxies = SettingChecks.trustedProxies(value);
    }

    public List<String> trustedProxyList() {
        return SettingChecks.words(trustedProxies).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ListenerConfiguration that
                && bindAddress.equals(that.bindAddress)
                && port == that.port
                && Objects.equals(trustedProxies, that.trustedProxies);
    }

    @Override
    public int hashCode() {
        return Objects.hash(bindAddress, port, trustedProxies);
    }

    @Override
    public String toString() {
        return bindAddress + ":" + port;
    }

    /** Form and validation. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<ListenerConfiguration> {
        @Override
        public String getDisplayName() {
            return Messages.ListenerConfiguration_displayName();
        }

        @Override
        public ListenerConfiguration newInstance(StaplerRequest2 req, JSONObject form) throws FormException {
            return FormErrors.binding(() -> {
                FormNumbers.requireInteger(form, "port");
                return super.newInstance(req, form);
            });
        }

        /** Checks the address. */
        @POST
        public FormValidation doCheckBindAddress(@QueryParameter String value) {
            if (DedalusSettingsForm.isReadOnly()) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> SettingChecks.bindAddress(value));
        }

        /** Checks the port. */
        @POST
        public FormValidation doCheckPort(@QueryParameter String value) {
            if (DedalusSettingsForm.isReadOnly()) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> {
                Integer number = FormNumbers.integer("port", value);
                return number == null ? DEFAULT_PORT : SettingChecks.listenPort(number);
            });
        }

        /** Checks the front proxies. */
        @POST
        public FormValidation doCheckTrustedProxies(@QueryParameter String value) {
            if (DedalusSettingsForm.isReadOnly()) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> String.valueOf(SettingChecks.trustedProxies(value)));
        }
    }
}
