package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.node.TextNode;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import io.jenkins.plugins.dedalus.emulator.core.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/** Who may call. */
final class Authentication {
    private static final Pattern UUID = Pattern.compile("(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final String BEARER = "Bearer ";

    private final byte[] key;
    private final String organization;
    private final boolean namesOrganization;

    Authentication(EmulatorConfig config) {
        this.key = config.apiKey().getBytes(StandardCharsets.UTF_8);
        this.organization = config.organizationId();
        // From generation 4 on a call names no organisation: the key has one.
        this.namesOrganization = !Generation.of(config).bare();
    }

    /** Throws a refusal. */
    void check(Call call) {
        String given = call.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).trim())
                .or(() -> call.header("x-api-key"))
                .orElseThrow(() -> new ApiException(
                        ErrorCode.AUTH_REQUIRED, "Send an API key, as Authorization: Bearer or as x-api-key."));
        if (!MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), key)) {
            throw new ApiException(ErrorCode.AUTH_INVALID, "This API key is not valid.");
        }
        if (namesOrganization) {
            call.header("X-Dedalus-Org-Id").ifPresent(this::checkOrganization);
        }
    }

    private void checkOrganization(String given) {
        if (!UUID.matcher(given).matches()) {
            throw Problem.invalid(
                    "header.X-Dedalus-Org-Id", "expected string to be RFC 4122 uuid", TextNode.valueOf(given));
        }
        if (organization != null && !organization.equalsIgnoreCase(given)) {
            throw new ApiException(ErrorCode.AUTH_ORG_MISMATCH, "This API key belongs to another organisation.");
        }
    }
}
