package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.CallScope;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.ApiConnectionException;
import io.jenkins.plugins.dedalus.client.error.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.error.DedalusCancelledException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.Sentences;
import io.jenkins.plugins.dedalus.client.transport.IoFailures;
import io.jenkins.plugins.dedalus.testing.QuietPort;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens below HTTP, and deadlines. */
class ConnectionTest {

    private static final RequestOptions NONE = RequestOptions.none();

    private final ApiServer api = new ApiServer();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void aRefusedConnectionIsTriedAgain() throws IOException {
        try (QuietPort quiet = new QuietPort();
                DedalusClient client =
                        api.builder().baseUrl(quiet.uri().toString()).build()) {
            assertThatThrownBy(() -> client.machines().wake("dm-1", NONE))
                    .isInstanceOf(ApiConnectionException.class)
                    .hasMessageStartingWith("Could not wake machine dm-1: 127.0.0.1 refused the connection");
        }
        assertThat(api.time.sleeps()).hasSize(2);
    }

    @Test
    void aServerWithoutACertificateIsNotTriedAgain() throws IOException, GeneralSecurityException {
        SSLContext keyless = SSLContext.getInstance("TLS");
        keyless.init(null, null, null);
        try (MockWebServer tls = new MockWebServer()) {
            tls.useHttps(keyless.getSocketFactory());
            tls.start();
            try (DedalusClient client =
                    api.builder().baseUrl("https://127.0.0.1:" + tls.getPort()).build()) {
                assertThatThrownBy(() -> client.machines().wake("dm-1", NONE))
                        .isInstanceOfSatisfying(ApiConnectionException.class, e -> assertThat(e.retryable())
                                .isFalse())
                        .hasMessageContaining("no secure connection to 127.0.0.1");
            }
        }
        assertThat(api.time.sleeps()).isEmpty();
    }

    @Test
    void silenceIsTriedAgainAndThenNamed() {
        for (int i = 0; i < 3; i++) {
            api.then(stalled());
        }
        try (DedalusClient client =
                api.builder().callTimeout(Duration.ofSeconds(1)).build()) {
            assertThatThrownBy(() -> client.machines().wake("dm-1", NONE))
                    .isInstanceOf(ApiConnectionException.class)
                    .hasMessageContaining("127.0.0.1 did not answer within 1 s");
        }
        await().until(() -> api.requests().size() == 3);
        assertThat(api.headers("Idempotency-Key").stream().distinct()).hasSize(1);
    }

    @Test
    void silencePastTheDeadlineIsTheDeadline() {
        api.then(stalled());
        assertThatThrownBy(() -> api.client.machines().wake("dm-1", NONE.withDeadline(Duration.ofSeconds(1))))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("within 1 s, the deadline of this call")
                .hasMessageContaining("same idempotency key");
        // The server may come to read it only now.
        await().untilAsserted(() -> assertThat(api.requests()).hasSize(1));
    }

    @Test
    void aDeadlineInThePastSendsNothing() {
        assertThatThrownBy(() -> api.client.machines().wake("dm-1", NONE.withDeadline(Duration.ZERO)))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void everyFailureOfASocketHasItsSentence() {
        assertThat(map(new UnknownHostException("x"))).hasMessageContaining("can't be resolved");
        assertThat(map(new SSLPeerUnverifiedException("x"))).hasMessageContaining("certificate");
        assertThat(map(new SSLHandshakeException("x")).retryable()).isFalse();
        assertThat(map(new SSLException("x"))).hasMessageContaining("the secure connection to api broke");
        assertThat(map(new SocketException("reset"))).hasMessageContaining("broke before the answer was whole");
        assertThat(map(new InterruptedIOException("timeout"))).hasMessageContaining("api did not answer within 1.5 s");
        Thread.currentThread().interrupt();
        assertThat(map(new InterruptedIOException("interrupted")))
                .isInstanceOf(DedalusCancelledException.class)
                .hasMessageContaining("thread was interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void durationsReadWell() {
        assertThat(Sentences.duration(Duration.ofMillis(999))).isEqualTo("999 ms");
        assertThat(Sentences.duration(Duration.ofMillis(1050))).isEqualTo("1.0 s");
        assertThat(Sentences.duration(Duration.ofSeconds(90))).isEqualTo("90 s");
        assertThat(Sentences.duration(Duration.ofMinutes(4))).isEqualTo("4 min");
        assertThat(Sentences.quote("a\u001b[31m\u202e b\n\nc.")).isEqualTo("a [31m b c");
    }

    private static DedalusException map(IOException e) {
        ApiRequest request = ApiRequest.of("GET", "do it", "v1")
                .within(CallScope.start(System::nanoTime, NONE, Duration.ofMinutes(1), true));
        return IoFailures.map(request, "api", e, false, Duration.ofMillis(1500), false);
    }

    private static MockResponse stalled() {
        return new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build();
    }
}
