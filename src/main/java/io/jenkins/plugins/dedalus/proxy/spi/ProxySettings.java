package io.jenkins.plugins.dedalus.proxy.spi;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The data plane's limits and trust. Immutable.
 *
 * @param wakeDeadline longest a request waits for a wake, then 504
 * @param waitingPageAfter how long a browser navigation waits before it gets the waiting page
 * @param connectTimeout for one TCP and TLS connect to an upstream
 * @param responseTimeout longest wait for an upstream's response head once the request is sent whole; zero: no limit
 * @param idleTimeout an exchange or tunnel without a byte either way for this long is ended; zero: no limit
 * @param keepAliveTimeout how long idle connections to upstreams are kept; those to viewers a quarter longer, so that a load
 *     balancer in front, which usually keeps its own for 60 s, never sends a request into one that we just closed
 * @param headTimeout how long a viewer may take for one request head
 * @param confirmBeliefAfter a request with a body whose machine was last seen longer ago than this is preceded by a probe,
 *     because a body can't be sent twice
 * @param doubtAfter a machine that answers nobody for this long, while a request that went out on a belief waits, is woken
 *     once more, in case it was frozen with the connection open
 * @param keepAwake how long one stream that carries bytes may keep its machine awake; zero: not at all
 * @param upstreamConnections most connections to one upstream, over all event loops
 * @param maxHeaderBytes most bytes of a request's or a response's header section
 * @param eventLoops number of event loops; 0: one per core
 * @param upstreamSuffixes host names upstreams must equal or, with a leading dot, end in, e.g. {@code .dedaluslabs.ai}
 * @param allowLoopback whether upstreams on loopback, also by http, are allowed: tests, demo, emulator
 * @param trustedProxies addresses or CIDR blocks of front proxies whose {@code X-Forwarded-For}, {@code -Proto} and
 *     {@code X-PR-Number} are believed
 */
public record ProxySettings(
        Duration wakeDeadline,
        Duration waitingPageAfter,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration idleTimeout,
        Duration keepAliveTimeout,
        Duration headTimeout,
        Duration confirmBeliefAfter,
        Duration doubtAfter,
        Duration keepAwake,
        int upstreamConnections,
        int maxHeaderBytes,
        int eventLoops,
        List<String> upstreamSuffixes,
        boolean allowLoopback,
        List<String> trustedProxies) {

    /** Checks and copies; throws {@link IllegalArgumentException} naming the setting. */
    public ProxySettings {
        positive("wakeDeadline", wakeDeadline);
        notNegative("waitingPageAfter", waitingPageAfter);
        positive("connectTimeout", connectTimeout);
        notNegative("responseTimeout", responseTimeout);
        notNegative("idleTimeout", idleTimeout);
        positive("keepAliveTimeout", keepAliveTimeout);
        positive("headTimeout", headTimeout);
        notNegative("confirmBeliefAfter", confirmBeliefAfter);
        positive("doubtAfter", doubtAfter);
        notNegative("keepAwake", keepAwake);
        if (upstreamConnections < 1) {
            throw new IllegalArgumentException(
                    "upstreamConnections is " + upstreamConnections + "; it must be at least 1.");
        }
        if (maxHeaderBytes < 1024) {
            throw new IllegalArgumentException("maxHeaderBytes is " + maxHeaderBytes + "; it must be at least 1024.");
        }
        if (eventLoops < 0) {
            throw new IllegalArgumentException("eventLoops is " + eventLoops + "; it must not be negative.");
        }
        upstreamSuffixes = upstreamSuffixes.stream()
                .map(suffix -> suffix.toLowerCase(Locale.ROOT))
                .toList();
        trustedProxies = List.copyOf(trustedProxies);
    }

    private static void positive(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be longer than zero.");
        }
    }

    private static void notNegative(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + "; it must not be negative.");
        }
    }

    /** The defaults: production upstreams only, nobody trusted. */
    public static ProxySettings defaults() {
        return builder().build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; see the record's components for their meaning. */
    public static final class Builder {
        private Duration wakeDeadline = Duration.ofSeconds(120);
        private Duration waitingPageAfter = Duration.ofMillis(1500);
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration responseTimeout = Duration.ofMinutes(5);
        private Duration idleTimeout = Duration.ofMinutes(10);
        private Duration keepAliveTimeout = Duration.ofSeconds(60);
        private Duration headTimeout = Duration.ofSeconds(30);
        private Duration confirmBeliefAfter = Duration.ofSeconds(2);
        private Duration doubtAfter = Duration.ofSeconds(10);
        private Duration keepAwake = Duration.ofHours(1);
        private int upstreamConnections = 512;
        private int maxHeaderBytes = 32 * 1024;
        private int eventLoops;
        private List<String> upstreamSuffixes = List.of(".dedaluslabs.ai");
        private boolean allowLoopback;
        private List<String> trustedProxies = List.of();

        private Builder() {}

        /** Sets the longest a request waits for a wake. */
        public Builder wakeDeadline(Duration value) {
            wakeDeadline = value;
            return this;
        }

        /** Sets how long a navigation waits before the waiting page. */
        public Builder waitingPageAfter(Duration value) {
            waitingPageAfter = value;
            return this;
        }

        /** Sets the connect timeout. */
        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        /** Sets the longest wait for a response head; zero for none. */
        public Builder responseTimeout(Duration value) {
            responseTimeout = value;
            return this;
        }

        /** Sets the idle limit of exchanges and tunnels; zero for none. */
        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        /** Sets how long idle connections are kept. */
        public Builder keepAliveTimeout(Duration value) {
            keepAliveTimeout = value;
            return this;
        }

        /** Sets how long a viewer may take for one request head. */
        public Builder headTimeout(Duration value) {
            headTimeout = value;
            return this;
        }

        /** Sets from what age on a belief is confirmed before a body is sent. */
        public Builder confirmBeliefAfter(Duration value) {
            confirmBeliefAfter = value;
            return this;
        }

        /** Sets after how long a silent machine is woken to be sure. */
        public Builder doubtAfter(Duration value) {
            doubtAfter = value;
            return this;
        }

        /** Sets how long one stream may keep its machine awake; zero for not at all. */
        public Builder keepAwake(Duration value) {
            keepAwake = value;
            return this;
        }

        /** Sets the most connections to one upstream. */
        public Builder upstreamConnections(int value) {
            upstreamConnections = value;
            return this;
        }

        /** Sets the most bytes of a header section. */
        public Builder maxHeaderBytes(int value) {
            maxHeaderBytes = value;
            return this;
        }

        /** Sets the number of event loops; 0 for one per core. */
        public Builder eventLoops(int value) {
            eventLoops = value;
            return this;
        }

        /** Sets the host names, or suffixes with a leading dot, of upstreams. */
        public Builder upstreamSuffixes(List<String> value) {
            upstreamSuffixes = value;
            return this;
        }

        /** Allows upstreams on loopback. */
        public Builder allowLoopback(boolean value) {
            allowLoopback = value;
            return this;
        }

        /** Sets the front proxies that are believed. */
        public Builder trustedProxies(List<String> value) {
            trustedProxies = value;
            return this;
        }

        /** Makes the settings; throws {@link IllegalArgumentException} naming a bad one. */
        public ProxySettings build() {
            return new ProxySettings(
                    wakeDeadline,
                    waitingPageAfter,
                    connectTimeout,
                    responseTimeout,
                    idleTimeout,
                    keepAliveTimeout,
                    headTimeout,
                    confirmBeliefAfter,
                    doubtAfter,
                    keepAwake,
                    upstreamConnections,
                    maxHeaderBytes,
                    eventLoops,
                    upstreamSuffixes,
                    allowLoopback,
                    trustedProxies);
        }
    }
}
