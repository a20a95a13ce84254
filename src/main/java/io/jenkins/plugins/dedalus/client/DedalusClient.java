package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.call.Caller;
import io.jenkins.plugins.dedalus.client.call.Calls;
import io.jenkins.plugins.dedalus.client.call.Pauses;
import io.jenkins.plugins.dedalus.client.call.RetryPolicy;
import io.jenkins.plugins.dedalus.client.call.ServerClock;
import io.jenkins.plugins.dedalus.client.call.Settings;
import io.jenkins.plugins.dedalus.client.call.Sleeper;
import io.jenkins.plugins.dedalus.client.call.Transport;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.transport.AnswerFacts;
import io.jenkins.plugins.dedalus.client.transport.AuthenticatingTransport;
import io.jenkins.plugins.dedalus.client.transport.ErrorMapper;
import io.jenkins.plugins.dedalus.client.transport.GatedTransport;
import io.jenkins.plugins.dedalus.client.transport.HttpTransport;
import io.jenkins.plugins.dedalus.client.transport.PortsTransport;
import io.jenkins.plugins.dedalus.client.transport.Redactor;
import io.jenkins.plugins.dedalus.client.transport.RetryingTransport;
import io.jenkins.plugins.dedalus.client.transport.RevisionTransport;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import okhttp3.OkHttpClient;

/**
 * The Dedalus API. Thread-safe; one instance per API key serves any number of threads. All calls block, are retried by
 * the same rules, and throw {@link DedalusException}. When the API asked for a pause, polls and calls of that kind fail at once
 * until it is over.
 */
public final class DedalusClient implements AutoCloseable {

    /** Where the API is unless configured otherwise. */
    public static final String DEFAULT_BASE_URL = "https://dcs.dedaluslabs.ai";

    private final HttpTransport http;
    private final AnswerFacts facts;
    private final PreviewsOffer offer;
    private final Calls calls;
    private final MachinesApi machines;
    private final ExecutionsApi executions;
    private final PreviewsApi previews;
    private final UsageApi usage;

    private DedalusClient(Builder builder) {
        String key = Settings.apiKey(builder.apiKey);
        URI base = Settings.baseUrl(builder.baseUrl, key);
        RetryPolicy policy = new RetryPolicy(builder.maxRetries, builder.random);
        Pauses pauses = new Pauses(builder.sleeper);
        ErrorMapper errors = new ErrorMapper(builder.clock, new Redactor(key));
        facts = new AnswerFacts(builder.nanoTime);
        http = new HttpTransport(builder.httpClient, base, builder.callTimeout, errors, facts);
        Transport signing = new AuthenticatingTransport(
                http, key, Settings.organization(builder.organizationId), Settings.userAgent(builder.userAgent));
        Transport gated = new GatedTransport(signing, builder.nanoTime, builder.random);
        Transport revising = new RevisionTransport(new RetryingTransport(gated, policy, pauses));
        Transport adapting = new PortsTransport(revising);
        offer = new PreviewsOffer(revising, builder.nanoTime);
        calls = new Calls(adapting, builder.clock, builder.nanoTime, builder.totalDeadline, true);
        machines = new MachinesApi(calls);
        executions = new ExecutionsApi(calls);
        previews = new PreviewsApi(calls, offer);
        usage = new UsageApi(calls);
    }

    private DedalusClient(HttpTransport http, AnswerFacts facts, PreviewsOffer offer, Calls calls) {
        this.http = http;
        this.facts = facts;
        this.offer = offer;
        this.calls = calls;
        machines = new MachinesApi(calls);
        executions = new ExecutionsApi(calls);
        previews = new PreviewsApi(calls, offer);
        usage = new UsageApi(calls);
    }

    /** A client to be configured; only the API key has no default. */
    public static Builder builder() {
        return new Builder();
    }

    /** Machines. */
    public MachinesApi machines() {
        return machines;
    }

    /** Commands on machines. */
    public ExecutionsApi executions() {
        return executions;
    }

    /** Ports of machines with a URL. */
    public PreviewsApi previews() {
        return previews;
    }

    /** What machines used. */
    public UsageApi usage() {
        return usage;
    }

    /**
     * The same client for callers that must not be held up: its calls are tried once and fail at once, with
     * {@link DedalusException#retryAfter()} where the API asks for a pause. Connections, pauses and what was learnt about
     * the server are shared; closing either closes both.
     */
    public DedalusClient unretried() {
        return new DedalusClient(http, facts, offer, calls.unretried());
    }

    /** Where this client's calls go, without a slash at the end. */
    public URI baseUrl() {
        return http.baseUrl();
    }

    /** The server's time, as its answers tell it. */
    public ServerClock serverClock() {
        return facts.clock();
    }

    /** For whom the last call was made that succeeded or was answered 404; empty before there was any. */
    public Optional<Caller> caller() {
        return Optional.ofNullable(facts.caller());
    }

    /** Ends all calls under way and closes the connections. Later calls fail. */
    @Override
    public void close() {
        http.close();
    }

    @Override
    public String toString() {
        return "DedalusClient[" + http.baseUrl() + "]";
    }

    /** Collects a client's configuration. Not thread-safe. */
    public static final class Builder {

        private String baseUrl = DEFAULT_BASE_URL;
        private String apiKey;
        private String organizationId;
        private Clock clock = Clock.systemUTC();
        private LongSupplier nanoTime = System::nanoTime;
        private Sleeper sleeper = Sleeper.system();
        private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
        private Duration callTimeout = Duration.ofSeconds(60);
        private Duration totalDeadline = Duration.ofMinutes(4);
        private int maxRetries = 2;
        private String userAgent = "dedalus-preview";
        private OkHttpClient httpClient = new OkHttpClient();

        private Builder() {}

        /** Where the API is: https, or http to a loopback address; a path prefix is kept. */
        public Builder baseUrl(String url) {
            baseUrl = url;
            return this;
        }

        /** The API key. Shown nowhere. */
        public Builder apiKey(String key) {
            apiKey = key;
            return this;
        }

        /** The organisation the calls act for; null: the key's own. */
        public Builder organizationId(String id) {
            organizationId = id;
            return this;
        }

        /** Tells Retry-After dates and the time in idempotency keys. */
        public Builder clock(Clock newClock) {
            clock = Objects.requireNonNull(newClock, "clock");
            return this;
        }

        /** Tells how much time has passed, as {@link System#nanoTime} does, which it is unless set. */
        public Builder nanoTime(LongSupplier newNanoTime) {
            nanoTime = Objects.requireNonNull(newNanoTime, "nanoTime");
            return this;
        }

        /** Waits between tries. */
        public Builder sleeper(Sleeper newSleeper) {
            sleeper = Objects.requireNonNull(newSleeper, "sleeper");
            return this;
        }

        /** Spreads retries: yields values from 0 (inclusive) to 1 (exclusive). */
        public Builder random(DoubleSupplier newRandom) {
            random = Objects.requireNonNull(newRandom, "random");
            return this;
        }

        /** How long one try may take, 60 s unless set; of a stream, how long it may be silent. */
        public Builder callTimeout(Duration timeout) {
            callTimeout = Settings.positive("call timeout", timeout);
            return this;
        }

        /** How often a failed call is tried again, 2 unless set, 0 to 20. */
        public Builder maxRetries(int retries) {
            maxRetries = Settings.retries(retries);
            return this;
        }

        /** How long a call may take in all where its options name no deadline, 4 minutes unless set. */
        public Builder totalDeadline(Duration deadline) {
            totalDeadline = Settings.positive("total deadline", deadline);
            return this;
        }

        /** Sent as User-Agent. */
        public Builder userAgent(String agent) {
            userAgent = agent;
            return this;
        }

        /**
         * Brings proxy, TLS and DNS settings along, such as those of Jenkins. Its connections and threads are not
         * shared, redirects and silent retries are off whatever it says.
         */
        public Builder httpClient(OkHttpClient client) {
            httpClient = Objects.requireNonNull(client, "httpClient");
            return this;
        }

        /**
         * Makes the client; nothing is sent.
         *
         * @throws IllegalArgumentException with a sentence, when the base URL, the API key or the organisation can't be
         *     used
         */
        public DedalusClient build() {
            return new DedalusClient(this);
        }

        /** Shows no key. */
        @Override
        public String toString() {
            return "DedalusClient.Builder";
        }
    }
}
