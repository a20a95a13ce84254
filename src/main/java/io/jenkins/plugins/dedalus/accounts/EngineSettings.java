package io.jenkins.plugins.dedalus.accounts;

import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.SettingChecks;
import io.jenkins.plugins.dedalus.config.SettingsInForce;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * The settings that an engine is built with; all others are read when they matter.
 *
 * @param apiUrl the API's base URL
 * @param organizationId the organisation that the global account acts for; null for the key's own
 * @param unconfirmedGrace the least grace of closings that nobody confirmed
 * @param closedGrace how long the data of what nobody looked at are kept after it was closed
 * @param waitsForRoom whether builds wait for a machine when there may be no more; else they fail
 * @param maxAwake how many machines may be awake at once; 0 for no limit
 * @param viewerKey the id of the credentials that restricted preview URLs are opened with; null for none
 * @param upstreams what the host names of preview URLs end with
 */
record EngineSettings(
        String apiUrl,
        String organizationId,
        Duration unconfirmedGrace,
        Duration closedGrace,
        boolean waitsForRoom,
        int maxAwake,
        String viewerKey,
        List<String> upstreams) {
    static EngineSettings now() {
        SettingsInForce settings = DedalusGlobalConfiguration.get().inForce();
        return new EngineSettings(
                settings.apiUrl(),
                settings.organizationId(),
                SettingChecks.graceOf("unconfirmedGrace", settings.unconfirmedGrace()),
                SettingChecks.graceOf("closedGrace", settings.closedGrace()),
                "wait".equals(settings.whenFull()),
                settings.maxAwake(),
                settings.viewerKeyCredentialsId(),
                SettingChecks.words(settings.upstreamAllowList()).toList());
    }

    /** The rules for asking preview URLs whether they answer: those of the forwarding that follows. */
    ProxySettings probing() {
        return ProxySettings.builder()
                .upstreamSuffixes(upstreams)
                .allowLoopback(SettingChecks.isLoopback(URI.create(apiUrl).getHost()))
                .build();
    }
}
