package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Clock;
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
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (DedalusClient client =
                api.builder().baseUrl("http://127.0.0.1:" + free).build()) {
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
                api.builder().callTimeout(Duration.ofMillis(150)).build()) {
            assertThatThrownBy(() -> client.machines().wake("dm-1", NONE))
                    .isInstanceOf(ApiConnectionException.class)
                    .hasMessageContaining("127.0.0.1 did not answer within 150 ms");
        }
        assertThat(api.requests()).hasSize(3);
        assertThat(api.headers("Idempotency-Key").stream().distinct()).hasSize(1);
    }

    @Test
    void silencePastTheDeadlineIsTheDeadline() {
        api.then(stalled());
        assertThatThrownBy(() -> api.client.machines().wake("dm-1", NONE.withDeadline(Duration.ofMillis(150))))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("within 150 ms, the deadline of this call")
                .hasMessageContaining("same idempotency key");
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void aDeadlineInThePastSendsNothing() {
        assertThatThrownBy(() -> api.client.machines().wake("dm-1", NONE.withDeadline(Duration.ZERO)))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void aListSharesOneDeadline() {
        String page = "{\"items\":[],\"next_cursor\":\"%s\"}";
        api.thenJson(page.formatted("a"))
                .thenError(503, "{\"retry_after_ms\":900}")
                .thenJson(page.formatted("b"))
                .thenError(503, "{\"retry_after_ms\":900}")
                .thenJson(page.formatted("c"));
        assertThatThrownBy(() -> api.client.machines().listAll(NONE.withDeadline(Duration.ofSeconds(1))))
                .isInstanceOf(ServerException.class);
        assertThat(api.requests()).hasSize(4);
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
                .within(CallScope.start(Clock.systemUTC(), NONE, Duration.ofMinutes(1)));
        return IoFailures.map(request, "api", e, false, Duration.ofMillis(1500), false);
    }

    private static MockResponse stalled() {
        return new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build();
    }
}
