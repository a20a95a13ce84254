package io.jenkins.plugins.dedalus.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.proxy.access.Authority.Verdict;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire contract of docs/security.md, seen from the router. */
class HttpAuthorityTest {
    private final MockWebServer jenkins = new MockWebServer();
    private HttpAuthority authority;

    @BeforeEach
    void start() throws Exception {
        jenkins.start();
        authority = new HttpAuthority(URI.create(jenkins.url("/ci").toString()), "router:token", Runnable::run);
    }

    @AfterEach
    void stop() {
        jenkins.close();
    }

    private void answers(int status, String body) {
        jenkins.enqueue(new MockResponse.Builder().code(status).body(body).build());
    }

    @Test
    void sendsBrowsersToTheAuthorizePageBelowJenkinsRoot() {
        assertThat(authority.authorizeUrl("pr-1.example.net", "a-b").toString())
                .endsWith("/ci/dedalus/authorize?host=pr-1.example.net&state=a-b");
    }

    @Test
    void redeemsACodeOnceWithTheRoutersOwnCredential() throws Exception {
        answers(200, "{\"allowed\":true,\"session\":\"0123456789abcdef\",\"viewer\":\"ada\",\"expiresInSeconds\":60}");

        Verdict verdict = authority.redeem("c", "h", "s").toCompletableFuture().get();

        assertThat(verdict).isEqualTo(new Verdict.Allowed("0123456789abcdef", "ada", Duration.ofSeconds(60)));
        assertThat(verdict.toString()).doesNotContain("0123456789abcdef");
        RecordedRequest request = jenkins.takeRequest();
        assertThat(request.getUrl().encodedPath()).isEqualTo("/ci/dedalus/router/redeem");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Basic cm91dGVyOnRva2Vu");
        assertThat(request.getBody().utf8()).isEqualTo("{\"code\":\"c\",\"host\":\"h\",\"state\":\"s\"}");
    }

    @Test
    void checksASession() throws Exception {
        answers(200, "{\"allowed\":true}");
        assertThat(authority
                        .check("0123456789abcdef", "h")
                        .toCompletableFuture()
                        .get())
                .isEqualTo(new Verdict.Allowed("0123456789abcdef", null, Duration.ofMinutes(30)));
        answers(200, "{\"allowed\":false,\"message\":\"No.\"}");
        assertThat(authority
                        .check("0123456789abcdef", "h")
                        .toCompletableFuture()
                        .get())
                .isEqualTo(new Verdict.Denied("No."));
    }

    @Test
    void anythingButAWellFormedAnswerIsNoAnswer() {
        String[][] answers = {
            {"500", "{\"allowed\":false}"},
            {"401", ""},
            {"403", "<html>crumb</html>"},
            {"302", ""},
            {"404", ""},
            {"200", "<html>sign in</html>"},
            {"200", "{}"},
            {"200", "{\"allowed\":\"yes\"}"},
            {"200", "{\"allowed\":true}"}
        };
        for (String[] answer : answers) {
            answers(Integer.parseInt(answer[0]), answer[1]);
            assertThatThrownBy(() -> authority
                            .redeem("c", "h", "s")
                            .toCompletableFuture()
                            .get())
                    .as(String.join(" ", answer))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageNotContaining("token\"");
        }
        jenkins.close();
        assertThatThrownBy(() -> authority.check("s", "h").toCompletableFuture().get())
                .isNotNull();
    }

    @Test
    void aPlainTokenGoesAsBearer() {
        assertThat(HttpAuthority.authorization("abc")).isEqualTo("Bearer abc");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerWithoutAnEndIsNone(boolean flood) throws Exception {
        try (EndlessServer server = new EndlessServer(flood)) {
            HttpAuthority patient = new HttpAuthority(
                    server.url(), "t", Runnable::run, flood ? Duration.ofMinutes(5) : Duration.ofSeconds(3));

            assertThatThrownBy(() -> patient.check("0123456789abcdef", "h")
                            .toCompletableFuture()
                            .get(1, TimeUnit.MINUTES))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining(flood ? "longer than 64 KiB" : "longer than 3 s");
        }
    }
}
