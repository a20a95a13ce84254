package io.jenkins.plugins.dedalus.client.model;

import java.time.Instant;

/**
 * An exposed port (generation 3: a port).
 *
 * @param previewId never null; generation 3's {@code port_id} is read into it
 * @param machineId the machine
 * @param port the port inside the machine
 * @param protocol what the app speaks; null where not said
 * @param visibility who may open the URL; null in generation 3
 * @param status never null
 * @param url the address, once ready; null before
 * @param createdAt may be null
 * @param readyAt null until ready
 * @param expiresAt null: does not end by itself
 * @param retryAfterMs when to look again, in milliseconds; null where not said
 * @param errorCode the platform's reason for a failure; null otherwise
 * @param errorMessage the same in words; null otherwise
 */
public record PreviewUrl(
        String previewId,
        String machineId,
        int port,
        Protocol protocol,
        Visibility visibility,
        PreviewUrlStatus status,
        String url,
        Instant createdAt,
        Instant readyAt,
        Instant expiresAt,
        Long retryAfterMs,
        String errorCode,
        String errorMessage) {

    /** Replaces a missing status. */
    public PreviewUrl {
        status = status == null ? PreviewUrlStatus.UNKNOWN : status;
    }
}
