package io.jenkins.plugins.dedalus.github.command;

import com.fasterxml.jackson.databind.JsonNode;

/** What somebody may do in a repository, as GitHub says when it is asked about that very user. */
enum Role {
    /** Less than writing, or nothing. */
    READER,
    /** May push. */
    WRITER,
    /** May maintain or administer. */
    MAINTAINER;

    /** Reads the answer about a collaborator's permission. Whatever isn't understood is less than writing. */
    static Role of(JsonNode body) {
        String base = body.path("permission").asText("");
        String role = body.path("role_name").asText("");
        return switch (base) {
            case "admin" -> MAINTAINER;
            // "permission" knows no maintainers; "role_name" may be a name that a team gave.
            case "write" -> "maintain".equals(role) ? MAINTAINER : WRITER;
            default -> READER;
        };
    }

    /** Whether it is enough where {@code needed} is asked for. */
    boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }
}
