package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.preview.Lifetimes;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.router.admin.AdminCall;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CompletableFuture;

/** Pins and extensions, as the admin API is asked for them. Problems are sentences in {@link IllegalArgumentException}s. */
final class LifetimeAdmin {
    private final Lifetimes lifetimes;

    LifetimeAdmin(Lifetimes lifetimes) {
        this.lifetimes = lifetimes;
    }

    CompletableFuture<PreviewRecord> change(AdminCall call, PreviewKey key) {
        return switch (call.parts().get(2)) {
            case "extend" -> lifetimes.extend(key, duration("by", call.text("by")));
            case "unpin" -> lifetimes.unpin(key);
            default -> {
                String length = call.text("for");
                String until = call.text("until");
                yield length == null
                        ? lifetimes.pin(key, until == null ? null : instant(until))
                        : lifetimes.pinFor(key, duration("for", length));
            }
        };
    }

    private static Duration duration(String name, String text) {
        return Durations.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        name + ": \"" + text + "\" must be a duration such as 12h or 7d."));
    }

    /** A day counts to its end. */
    private static Instant instant(String text) {
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text)
                            .plusDays(1)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "until: \"" + text + "\" must be a day or a time such as 2027-01-31 or 2027-01-31T18:00:00Z.", e);
        }
    }
}
