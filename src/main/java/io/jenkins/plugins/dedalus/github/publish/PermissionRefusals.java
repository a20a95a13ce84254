package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.github.SurfacePart;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What GitHub refused to which credentials. Nothing of the kind is tried again until the credentials change, or a day later:
 * an app's permissions may be changed at GitHub, where Jenkins doesn't see it. Thread-safe.
 */
final class PermissionRefusals {
    private static final Duration KEPT = Duration.ofDays(1);

    private final Clock clock;
    private final Map<Key, Refusal> refusals = new LinkedHashMap<>();

    private record Key(String api, String repository, String login, SurfacePart part) {}

    private record Refusal(String fingerprint, Instant at, String sentence) {}

    PermissionRefusals(Clock clock) {
        this.clock = clock;
    }

    private static Key key(GitHubLogin login, GitHubAddress address, SurfacePart part) {
        return new Key(address.api().toString(), address.name(), login.name(), part);
    }

    synchronized void add(GitHubLogin login, GitHubAddress address, SurfacePart part, String sentence) {
        refusals.put(
                key(login, address, part),
                new Refusal(
                        login.fingerprint(),
                        clock.instant(),
                        sentence + " The credentials " + login.name() + " need the permission \"" + part.permission()
                                + "\" there. It is tried again when they change, or after a day."));
    }

    /** The parts that these credentials may not write now. */
    synchronized Set<SurfacePart> of(GitHubLogin login, GitHubAddress address) {
        Set<SurfacePart> parts = EnumSet.noneOf(SurfacePart.class);
        for (SurfacePart part : SurfacePart.values()) {
            Refusal refusal = refusals.get(key(login, address, part));
            if (refusal != null) {
                if (refusal.fingerprint().equals(login.fingerprint()) && isFresh(refusal)) {
                    parts.add(part);
                } else {
                    refusals.remove(key(login, address, part));
                }
            }
        }
        return parts;
    }

    private boolean isFresh(Refusal refusal) {
        return clock.instant().isBefore(refusal.at().plus(KEPT));
    }

    /** What was refused and which permission is missing, a sentence or two each. */
    synchronized List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        refusals.values().stream().filter(this::isFresh).forEach(each -> sentences.add(each.sentence()));
        return sentences;
    }
}
