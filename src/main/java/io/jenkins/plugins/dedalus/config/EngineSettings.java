package io.jenkins.plugins.dedalus.config;

import java.time.Duration;

/**
 * The settings that an engine is built with; all others are read when they matter.
 *
 * @param apiUrl the API's base URL
 * @param unconfirmedGrace the least grace of closings that nobody confirmed
 */
record EngineSettings(String apiUrl, Duration unconfirmedGrace) {
    static EngineSettings now() {
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        return new EngineSettings(settings.getApiUrl(), settings.unconfirmedGrace());
    }
}
