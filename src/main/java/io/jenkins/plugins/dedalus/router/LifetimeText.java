package io.jenkins.plugins.dedalus.router;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.client.model.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How long a preview stays, as the command line says it. */
final class LifetimeText {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private LifetimeText() {}

    static String minute(String instant) {
        return MINUTE.format(Instant.parse(instant));
    }

    /** For a table's cell: when it ends if nobody looks. */
    static String cell(JsonNode preview, Instant now) {
        JsonNode lifetime = preview.path("lifetime");
        if (preview.has("closing")) {
            return "-";
        }
        if (lifetime.hasNonNull("expiresAt")) {
            Instant end = Instant.parse(lifetime.get("expiresAt").asText());
            return end.isAfter(now) ? "in " + Durations.say(Duration.between(now, end)) : "now";
        }
        return lifetime.path("pinned").asBoolean() ? "pinned" : "-";
    }

    /** What a change of it led to. */
    static String sentence(JsonNode preview) {
        JsonNode lifetime = preview.path("lifetime");
        String id = preview.path("id").asText();
        if (lifetime.hasNonNull("expiresAt")) {
            return id + " stays until " + minute(lifetime.get("expiresAt").asText())
                    + (lifetime.path("pinned").asBoolean() ? ", for it is pinned," : "")
                    + " and longer if somebody looks or pushes.";
        }
        return id + (lifetime.path("pinned").asBoolean() ? " is pinned: it stays" : " has no end: it stays")
                + " until its change request is closed.";
    }

    /** The notice before the end; null while there is none to give. */
    static String notice(JsonNode preview) {
        JsonNode lifetime = preview.path("lifetime");
        if (!lifetime.path("expiresSoon").asBoolean() || preview.has("closing")) {
            return null;
        }
        String id = preview.path("id").asText();
        return id + ": nobody looked at it since "
                + minute(lifetime.path("seenAt").asText())
                + "; it is closed at " + minute(lifetime.path("expiresAt").asText())
                + ". To keep it: extend " + id + " 7d, or pin " + id + ".";
    }
}
