package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.proxy.access.AccessTable;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import java.util.Locale;

/** Settings that are fine alone but not together. */
public final class SettingCombinations {
    private SettingCombinations() {}

    /**
     * Checks that viewers could see a preview whose Dedalus URL has this visibility. Without a public address of its own
     * that is between the viewer and Dedalus.
     */
    public static void checkVisibility(SettingsInForce settings, Visibility visibility) {
        if (settings.publicUrl() == null) {
            return;
        }
        AccessMode access = AccessMode.valueOf(settings.viewerAccess().toUpperCase(Locale.ROOT));
        try {
            AccessTable.check(access, visibility, settings.viewerKeyCredentialsId() != null);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException("viewerAccess", e.getMessage());
        }
    }

    /** Throws {@link InvalidSettingException} with a sentence when settings contradict each other. */
    static void check(SettingsInForce settings) {
        if (SettingChecks.graceOf("unconfirmedGrace", settings.unconfirmedGrace())
                        .compareTo(SettingChecks.graceOf("closedGrace", settings.closedGrace()))
                < 0) {
            throw new InvalidSettingException(
                    "unconfirmedGrace",
                    "unconfirmedGrace is " + settings.unconfirmedGrace() + " but closedGrace is "
                            + settings.closedGrace()
                            + "; a closing that nobody confirmed must not be deleted sooner than a confirmed one.");
        }
        if (settings.listener() != null && settings.publicUrl() == null) {
            throw new InvalidSettingException(
                    "publicUrl",
                    "listener is set but publicUrl is not; the listener finds previews by their host, so set publicUrl"
                            + " to an address such as https://{preview}.previews.example.net.");
        }
        if ("jenkins".equals(settings.viewerAccess()) && settings.publicUrl() == null) {
            throw new InvalidSettingException(
                    "viewerAccess",
                    "viewerAccess is jenkins but publicUrl is not set; without an address of its own a preview is"
                            + " reached by its Dedalus URL, which Jenkins can't protect. Set publicUrl or use public.");
        }
        PreviewSpec.Builder spec = PreviewSpec.builder();
        settings.defaults().applyTo(spec);
        checkVisibility(settings, spec.build().mainPort().visibility());
    }
}
