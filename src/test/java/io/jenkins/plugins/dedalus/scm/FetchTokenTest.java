package io.jenkins.plugins.dedalus.scm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import com.sun.net.httpserver.HttpServer;
import hudson.util.Secret;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tokens of an app end when they are done with; others aren't ours to end. */
@WithJenkins
class FetchTokenTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile int status = 204;
    private HttpServer gitHub;

    @BeforeEach
    void start() throws Exception {
        gitHub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gitHub.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        gitHub.start();
    }

    @AfterEach
    void stop() {
        gitHub.stop(0);
    }

    private FetchToken token() {
        return FetchToken.ofApp(
                Secret.fromString("ghs_for-one-fetch"),
                "http://127.0.0.1:" + gitHub.getAddress().getPort() + "/api/v3");
    }

    @Test
    void oneOfAnAppIsEndedWhereItWasMade(JenkinsRule r) {
        FetchToken token = token();

        token.revoke();

        await().until(() -> !asked.isEmpty());
        assertThat(asked).containsExactly("DELETE /api/v3/installation/token token ghs_for-one-fetch");
        assertThat(token.toString()).doesNotContain("ghs_");
    }

    @Test
    void whatCanNotBeEndedIsSaidWithoutTheToken(JenkinsRule r) {
        status = 500;
        LogRecorder log =
                new LogRecorder().record(FetchToken.class, Level.WARNING).capture(10);

        token().revoke();

        await().until(() -> !log.getMessages().isEmpty());
        assertThat(log.getMessages()).singleElement().satisfies(sentence -> assertThat(sentence)
                .contains("could not be ended", "(500)", "within an hour")
                .doesNotContain("ghs_"));
    }

    @Test
    void credentialsOfTheBranchSourceStay(JenkinsRule r) throws Exception {
        FetchToken lasting = FetchToken.lasting(
                "bot", new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "bot", null, "acme-bot", "s3cret"));

        lasting.revoke();

        assertThat(asked).isEmpty();
        assertThat(lasting.secret().getPlainText()).isEqualTo("s3cret");
    }
}
