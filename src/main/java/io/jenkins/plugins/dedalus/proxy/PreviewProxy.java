package io.jenkins.plugins.dedalus.proxy;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;

/**
 * The data plane: listens to viewers, asks the {@link Gatekeeper}, wakes through the {@link Waker}, forwards to the
 * upstream. One instance may listen on several addresses; it owns its event loops and its connections.
 */
public final class PreviewProxy {
    private final Builder parts;

    private PreviewProxy(Builder parts) {
        this.parts = parts;
    }

    /** Starts a builder; directory and waker are required. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Begins to listen. May be called more than once, for several addresses.
     *
     * @return the bound port, or a failure whose message says which address could not be bound and why
     */
    public Future<Integer> start(ListenOptions listen) {
        Objects.requireNonNull(listen, "listen");
        return Future.failedFuture(new UnsupportedOperationException("not built yet: " + parts.settings));
    }

    /** Reads the certificate and key files of every TLS listener again; connections in use go on with the old ones. */
    public Future<Void> reloadCertificates() {
        return Future.succeededFuture();
    }

    /**
     * Stops: no new connections, waiters are answered 503, exchanges in flight get {@code drain} to end, WebSockets are
     * closed with 1001, then everything left is aborted. Idempotent.
     */
    public Future<Void> close(Duration drain) {
        return Future.succeededFuture();
    }

    /** What a proxy is made of. */
    public static final class Builder {
        private Directory directory;
        private Gatekeeper gatekeeper = Gatekeeper.OPEN;
        private Waker waker;
        private WaitingPages pages;
        private ProxyMetrics metrics = ProxyMetrics.NONE;
        private AccessLog accessLog = AccessLog.OFF;
        private UpstreamCredentials credentials = UpstreamCredentials.NONE;
        private ProxySettings settings = ProxySettings.defaults();
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /** Sets where previews are looked up. Required. */
        public Builder directory(Directory value) {
            directory = value;
            return this;
        }

        /** Sets who decides about viewers; by default everybody is admitted. */
        public Builder gatekeeper(Gatekeeper value) {
            gatekeeper = value;
            return this;
        }

        /** Sets what wakes machines. Required. */
        public Builder waker(Waker value) {
            waker = value;
            return this;
        }

        /** Sets the pages; by default plain sentences. */
        public Builder pages(WaitingPages value) {
            pages = value;
            return this;
        }

        /** Sets what counts; by default nothing. */
        public Builder metrics(ProxyMetrics value) {
            metrics = value;
            return this;
        }

        /** Sets the access log; off by default. */
        public Builder accessLog(AccessLog value) {
            accessLog = value;
            return this;
        }

        /** Sets the viewer key for upstreams that ask for one; none by default. */
        public Builder credentials(UpstreamCredentials value) {
            credentials = value;
            return this;
        }

        /** Sets limits and trust. */
        public Builder settings(ProxySettings value) {
            settings = value;
            return this;
        }

        /** Sets the clock. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /** Makes the proxy; it does not listen yet. */
        public PreviewProxy build() {
            Objects.requireNonNull(directory, "directory");
            Objects.requireNonNull(waker, "waker");
            Objects.requireNonNull(gatekeeper, "gatekeeper");
            Objects.requireNonNull(metrics, "metrics");
            Objects.requireNonNull(accessLog, "accessLog");
            Objects.requireNonNull(credentials, "credentials");
            Objects.requireNonNull(settings, "settings");
            Objects.requireNonNull(clock, "clock");
            return new PreviewProxy(this);
        }
    }
}
