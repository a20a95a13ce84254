package io.jenkins.plugins.dedalus.handover;

import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.dedalus.preview.model.Sha256;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jenkins.security.HMACConfidentialKey;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The codes and sessions of the hand-over. A code is random, lives in memory for a minute and is burnt by the first attempt
 * to redeem it. A session is a signed statement, so that it outlives a restart of Jenkins; whether its viewer may still see
 * the preview is asked each time anyway. Thread-safe.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class HandOver {
    /** How long a code can be redeemed. */
    static final Duration CODE_LIFE = Duration.ofSeconds(60);

    /** How long a session lives. */
    static final Duration SESSION_LIFE = Duration.ofMinutes(30);

    private static final HMACConfidentialKey KEY = new HMACConfidentialKey(HandOver.class, "sessions");
    private static final int MOST_CODES = 10_000;
    /** A person has a few tabs; everybody who isn't signed in shares one allowance. */
    private static final int MOST_OF_ONE = 20;

    private static final int MOST_OF_ANONYMOUS = 1_000;

    private final Map<String, Pending> codes = new LinkedHashMap<>();
    private final Clock clock;

    private record Pending(String host, String state, String viewer, Instant until) {
        /** Leaves the state out. */
        @Override
        public String toString() {
            return "Pending[" + host + ", " + viewer + "]";
        }
    }

    /**
     * What a session says.
     *
     * @param viewer the Jenkins user's id; empty for anonymous
     * @param host the preview host it is for
     * @param until when it ends
     */
    record Session(String viewer, String host, Instant until) {}

    /** Made by Jenkins. */
    public HandOver() {
        this(Clock.systemUTC());
    }

    HandOver(Clock clock) {
        this.clock = clock;
    }

    static HandOver get() {
        return ExtensionList.lookupSingleton(HandOver.class);
    }

    /** A code for this viewer, host and state, in place of the viewer's oldest; empty if far too many are open already. */
    synchronized Optional<String> code(String viewer, String host, String state) {
        Instant now = clock.instant();
        Iterator<Pending> oldest = codes.values().iterator();
        while (oldest.hasNext() && !oldest.next().until().isAfter(now)) {
            oldest.remove();
        }
        makeRoom(viewer);
        if (codes.size() >= MOST_CODES) {
            return Optional.empty();
        }
        String code = encode(Signer.freshKey());
        codes.put(hash(code), new Pending(host, hash(state), viewer, now.plus(CODE_LIFE)));
        return Optional.of(code);
    }

    private void makeRoom(String viewer) {
        List<String> own = codes.entrySet().stream()
                .filter(each -> each.getValue().viewer().equals(viewer))
                .map(Map.Entry::getKey)
                .toList();
        int most = viewer.isEmpty() ? MOST_OF_ANONYMOUS : MOST_OF_ONE;
        own.stream().limit(Math.max(0, own.size() - most + 1)).forEach(codes::remove);
    }

    /** The viewer a code was made for, once, if host and state are those it was made for and it is young enough. */
    Optional<String> redeem(String code, String host, String state) {
        Pending pending;
        synchronized (this) {
            pending = codes.remove(hash(code));
        }
        boolean good = pending != null
                && pending.until().isAfter(clock.instant())
                && pending.host().equals(host)
                && MessageDigest.isEqual(bytes(pending.state()), bytes(hash(state)));
        return good ? Optional.of(pending.viewer()) : Optional.empty();
    }

    /** A session for this viewer and host, beginning now. */
    String session(String viewer, String host) {
        String statement = clock.instant().plus(SESSION_LIFE).getEpochSecond() + "\n" + host + "\n" + viewer;
        byte[] bytes = statement.getBytes(StandardCharsets.UTF_8);
        return encode(bytes) + "." + encode(KEY.mac(bytes));
    }

    /** What a session says; empty if it was forged, is over, or is for another host. */
    Optional<Session> read(String token, String host) {
        int dot = token.indexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        byte[] bytes;
        byte[] mac;
        try {
            bytes = Base64.getUrlDecoder().decode(token.substring(0, dot));
            mac = Base64.getUrlDecoder().decode(token.substring(dot + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (!KEY.checkMac(bytes, mac)) {
            return Optional.empty();
        }
        String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\n", 3);
        Instant until = Instant.ofEpochSecond(Long.parseLong(parts[0]));
        boolean good = parts[1].equals(host) && until.isAfter(clock.instant());
        return good ? Optional.of(new Session(parts[2], parts[1], until)) : Optional.empty();
    }

    private static String hash(String text) {
        return encode(Sha256.of(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
