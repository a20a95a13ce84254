package io.jenkins.plugins.dedalus.config;

import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
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
    private String responseLimit;
    private String idleLimit;

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

    /** How long an app may take for the first byte of an answer, e.g. {@code 5m}; null for the default. */
    public String getResponseLimit() {
        return responseLimit;
    }

    /** Sets how long an app may take for the first byte of an answer; 0 for any time. */
    @DataBoundSetter
    public void setResponseLimit(String value) {
        responseLimit = SettingChecks.viewerLimit("responseLimit", value);
    }

    /** How long a stream or WebSocket may be without a byte, e.g. {@code 10m}; null for the default. */
    public String getIdleLimit() {
        return idleLimit;
    }

    /** Sets how long a stream or WebSocket may be without a byte; 0 for any time. */
    @DataBoundSetter
    public void setIdleLimit(String value) {
        idleLimit = SettingChecks.viewerLimit("idleLimit", value);
    }

    /** How long viewers wait, null where nothing is set. */
    public TimeLimits.Answers answers() {
        return new TimeLimits.Answers(
                Durations.parse(responseLimit).orElse(null),
                Durations.parse(idleLimit).orElse(null));
    }

    public List<String> trustedProxyList() {
        return SettingChecks.words(trustedProxies).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ListenerConfiguration that
                && bindAddress.equals(that.bindAddress)
                && port == that.port
                && Objects.equals(trustedProxies, that.trustedProxies)
                && Objects.equals(responseLimit, that.responseLimit)
                && Objects.equals(idleLimit, that.idleLimit);
    }

    @Override
    public int hashCode() {
        return Objects.hash(bindAddress, port, trustedProxies, responseLimit, idleLimit);
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

        /** Checks how long an app may take. */
        @POST
        public FormValidation doCheckResponseLimit(@QueryParameter String value) {
            return limit("responseLimit", value);
        }

        /** Checks how long a stream may be silent. */
        @POST
        public FormValidation doCheckIdleLimit(@QueryParameter String value) {
            return limit("idleLimit", value);
        }

        private static FormValidation limit(String field, String value) {
            if (DedalusSettingsForm.isReadOnly()) {
                return FormValidation.ok();
            }
            return SettingChecks.form(() -> String.valueOf(SettingChecks.viewerLimit(field, value)));
        }
    }
}
