package io.jenkins.plugins.dedalus.config;

/**
 * The global settings in force: one value, replaced as a whole once all of it is good. What each is, and may be, stands at
 * {@link DedalusGlobalConfiguration}.
 */
public record SettingsInForce(
        String apiUrl,
        String credentialsId,
        String organizationId,
        String viewerKeyCredentialsId,
        PreviewDefaults defaults,
        String closedGrace,
        String unconfirmedGrace,
        boolean forksAllowed,
        String publicUrl,
        String viewerAccess,
        String upstreamAllowList,
        ListenerConfiguration listener,
        int reconcileMinutes,
        int maxMachines,
        String whenFull,
        int maxAwake) {}
