package io.jenkins.plugins.dedalus.handover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.model.FreeStyleProject;
import hudson.model.User;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.dashboard.Stage;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.proxy.access.Authority.Verdict;
import io.jenkins.plugins.dedalus.proxy.access.HttpAuthority;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.JenkinsLocationConfiguration;
import jenkins.security.ApiTokenProperty;
import org.htmlunit.WebResponse;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Handing viewers over to preview hosts, and every way to abuse it. */
@WithJenkins
class HandOverTest {
    private static final String STATE = "0123456789abcdef0123456789abcdef";
    private static final String OTHER_STATE = "f".repeat(32);

    @Test
    void aReaderGoesBackWithACodeThatWorksOnce(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            String host = protectedPreview(stage);

            Map<String, String> back = authorize(stage, "reader", host);

            assertThat(back.get("address")).isEqualTo("https://" + host + "/.dedalus/callback");
            assertThat(back.get("state")).isEqualTo(STATE);
            JsonNode first = redeem(stage, back.get("code"), host, STATE);
            assertThat(first.path("allowed").asBoolean()).isTrue();
            assertThat(first.path("viewer").asText()).isEqualTo("reader");
            assertThat(first.path("expiresInSeconds").asInt()).isBetween(1700, 1800);
            assertThat(first.path("session").asText()).matches("[A-Za-z0-9._~-]{16,512}");
            assertThat(redeem(stage, back.get("code"), host, STATE)
                            .path("allowed")
                            .asBoolean(true))
                    .as("replayed")
                    .isFalse();
            assertThat(check(stage, first.path("session").asText(), host)
                            .path("allowed")
                            .asBoolean())
                    .isTrue();

            String below = "tenant." + host;
            Map<String, String> there = authorize(stage, "reader", below);
            assertThat(there.get("address")).isEqualTo("https://" + below + "/.dedalus/callback");
            String session = redeem(stage, there.get("code"), below, STATE)
                    .path("session")
                    .asText();
            assertThat(check(stage, session, below).path("allowed").asBoolean()).isTrue();
            assertThat(check(stage, session, host).path("allowed").asBoolean(true))
                    .as("for the host that it was made for")
                    .isFalse();
        }
    }

    @Test
    void aCodeIsOfNoUseForAnotherHostOrState(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            String host = protectedPreview(stage);
            String other = second(stage);

            String code = authorize(stage, "reader", host).get("code");
            assertThat(redeem(stage, code, other, STATE).path("allowed").asBoolean(true))
                    .isFalse();
            assertThat(redeem(stage, code, host, STATE).path("allowed").asBoolean(true))
                    .as("burnt by the attempt")
                    .isFalse();
            String second = authorize(stage, "reader", host).get("code");
            assertThat(redeem(stage, second, host, OTHER_STATE).path("allowed").asBoolean(true))
                    .isFalse();
            assertThat(redeem(stage, "forged", host, STATE).path("allowed").asBoolean(true))
                    .isFalse();
            String session = redeem(stage, authorize(stage, "reader", host).get("code"), host, STATE)
                    .path("session")
                    .asText();
            assertThat(check(stage, session, other).path("allowed").asBoolean(true))
                    .isFalse();
            assertThat(check(stage, session + "x", host).path("allowed").asBoolean(true))
                    .isFalse();
            assertThat(check(stage, "nonsense", host).path("allowed").asBoolean(true))
                    .isFalse();
            assertThat(check(stage, "bm9uc2Vuc2U.bm9uc2Vuc2U", host)
                            .path("allowed")
                            .asBoolean(true))
                    .isFalse();
        }
    }

    @Test
    void whoMayNotReadTheJobGetsNoCodeAndLosesTheSession(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            String host = protectedPreview(stage);
            assertThat(stage.status("stranger", path(host, STATE))).isEqualTo(404);
            assertThat(stage.status(null, path(host, STATE)))
                    .as("asked to sign in")
                    .isEqualTo(403);
            assertThat(stage.status(null, path("unknown.previews.example.net", STATE)))
                    .as("the same for what doesn't exist")
                    .isEqualTo(403);
            String code = authorize(stage, "reader", host).get("code");
            String session = redeem(stage, authorize(stage, "reader", host).get("code"), host, STATE)
                    .path("session")
                    .asText();

            r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                    .grant(jenkins.model.Jenkins.ADMINISTER)
                    .everywhere()
                    .to("admin"));

            JsonNode refused = redeem(stage, code, host, STATE);
            assertThat(refused.path("allowed").asBoolean(true)).isFalse();
            assertThat(refused.path("message").asText()).contains("Job/Read");
            assertThat(check(stage, session, host).path("allowed").asBoolean(true))
                    .isFalse();
        }
    }

    @Test
    void aStrangerLearnsNothingOfAPreview(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            String host = protectedPreview(stage);
            String unknown = "pr-9-shop-aaaa.previews.example.net";
            PreviewRecord record = PreviewEngines.get().records().get(0);
            for (PreviewState state : PreviewState.values()) {
                PreviewEngines.get()
                        .ledger(record.key())
                        .put(record.toBuilder().state(state).build());
                for (String who : new String[] {null, "stranger"}) {
                    WebResponse there = stage.get(who, path(host, STATE)).getWebResponse();
                    WebResponse nowhere = stage.get(who, path(unknown, STATE)).getWebResponse();
                    assertThat(there.getStatusCode()).as("%s of %s", who, state).isEqualTo(who == null ? 403 : 404);
                    assertThat(shown(there, host)).as("%s of %s", who, state).isEqualTo(shown(nowhere, unknown));
                }
            }
        }
    }

    /** What an answer says, apart from what is new in each. */
    private static String shown(WebResponse answer, String host) {
        return answer.getStatusCode() + " "
                + answer.getContentAsString()
                        .replace(host, "HOST")
                        .replaceAll("[0-9a-f]{32,}|data-crumb-value=\\S+|reqId=\\S+|\\d{10,}", "");
    }

    @Test
    void aDeletedUserIsNobody(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            String host = protectedPreview(stage);
            String session = redeem(stage, authorize(stage, "reader", host).get("code"), host, STATE)
                    .path("session")
                    .asText();

            User.getById("reader", false).delete();

            assertThat(check(stage, session, host).path("allowed").asBoolean(true))
                    .isFalse();
        }
    }

    @Test
    void theWayBackComesFromTheLedgerAlone(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            String host = protectedPreview(stage);
            for (String evil : new String[] {
                "evil.example.com",
                host + ".evil.example.com",
                host + "/@evil.example.com",
                host + ":8443",
                host + "%0d%0aX: y",
                "user@" + host,
                host.toUpperCase(java.util.Locale.ROOT),
                ""
            }) {
                WebResponse answer = stage.get(
                                "reader",
                                "dedalus/authorize?host="
                                        + java.net.URLEncoder.encode(evil, java.nio.charset.StandardCharsets.UTF_8)
                                        + "&state="
                                        + STATE)
                        .getWebResponse();
                assertThat(answer.getStatusCode()).as(evil).isIn(400, 404);
                assertThat(answer.getContentAsString()).as(evil).doesNotContain("data-redirect-url");
            }
            for (String state :
                    new String[] {"", "short", "with%20space%20and%20more", "%3Cscript%3Ealert(1)%3C/script%3E"}) {
                assertThat(stage.status("reader", path(host, "") + state))
                        .as(state)
                        .isEqualTo(400);
            }
            assertThat(stage.post("reader", path(host, STATE), null)
                            .getWebResponse()
                            .getStatusCode())
                    .as("only by GET")
                    .isIn(404, 405);
        }
    }

    @Test
    void nothingIsHandedOverWithoutAnAddressOfJenkinsOrWithoutProtection(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            String host = protectedPreview(stage);
            JenkinsLocationConfiguration.get().setUrl(null);
            WebResponse answer = stage.get("reader", path(host, STATE)).getWebResponse();
            assertThat(answer.getStatusCode()).isEqualTo(503);
            assertThat(answer.getContentAsString()).contains("Jenkins URL");
            JenkinsLocationConfiguration.get().setUrl(r.getURL().toString());

            stage.publicUrl("https://{preview}.previews.example.net", "public");
            assertThat(stage.status("reader", path(host, STATE))).isEqualTo(404);
        }
    }

    @Test
    void badQuestionsOfRoutersGetASentence(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            protectedPreview(stage);
            for (String body : new String[] {"", "{", "[]", "{\"code\":1}", "null", "{\"code\":\"x\"}"}) {
                WebResponse answer =
                        stage.post("router", "dedalus/router/redeem", body).getWebResponse();
                assertThat(answer.getStatusCode()).as(body).isEqualTo(400);
                assertThat(new ObjectMapper()
                                .readTree(answer.getContentAsString())
                                .path("message")
                                .asText())
                        .as(body)
                        .isNotEmpty();
            }
            assertThat(stage.post("router", "dedalus/router/redeem", "x".repeat(9000))
                            .getWebResponse()
                            .getStatusCode())
                    .isEqualTo(413);
            assertThat(stage.post("reader", "dedalus/router/redeem", "{}")
                            .getWebResponse()
                            .getStatusCode())
                    .isEqualTo(403);
            assertThat(stage.status("router", "dedalus/router/redeem")).isIn(404, 405);
        }
    }

    @Test
    void aRouterAsksThroughItsOwnClient(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            String host = protectedPreview(stage);
            String token = User.getById("router", true)
                    .getProperty(ApiTokenProperty.class)
                    .generateNewToken("router")
                    .plainValue;
            HttpAuthority router = new HttpAuthority(r.getURL().toURI(), "router:" + token, Runnable::run);
            assertThat(router.authorizeUrl(host, STATE))
                    .isEqualTo(JenkinsAuthority.get().authorizeUrl(host, STATE));
            String code = authorize(stage, "reader", host).get("code");

            Verdict redeemed =
                    router.redeem(code, host, STATE).toCompletableFuture().get(60, TimeUnit.SECONDS);

            assertThat(redeemed).isInstanceOf(Verdict.Allowed.class);
            String session = ((Verdict.Allowed) redeemed).session();
            assertThat(router.check(session, host).toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .isInstanceOf(Verdict.Allowed.class);
            assertThat(router.redeem(code, host, STATE).toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .isInstanceOf(Verdict.Denied.class);
        }
    }

    private static String protectedPreview(Stage stage) throws Exception {
        FreeStyleProject job = stage.job("shop");
        PreviewRecord record = stage.preview(job, "12", "feature");
        stage.users(job);
        stage.publicUrl("https://{preview}.previews.example.net", "jenkins");
        return record.key().id() + ".previews.example.net";
    }

    private static String second(Stage stage) throws Exception {
        FreeStyleProject job = (FreeStyleProject) stage.r.jenkins.getItem("shop");
        return stage.preview(job, "13", "other").key().id() + ".previews.example.net";
    }

    private static String path(String host, String state) {
        return "dedalus/authorize?host=" + host + "&state=" + state;
    }

    private static Map<String, String> authorize(Stage stage, String who, String host) throws Exception {
        WebResponse answer = stage.get(who, path(host, STATE)).getWebResponse();
        assertThat(answer.getStatusCode()).isEqualTo(200);
        assertThat(answer.getResponseHeaderValue("Cache-Control")).contains("no-store");
        assertThat(answer.getResponseHeaderValue("Referrer-Policy")).isEqualTo("no-referrer");
        URI location = URI.create(Stage.wayOut(answer.getContentAsString()));
        Map<String, String> parts = new TreeMap<>(Stream.of(location.getQuery().split("&"))
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(each -> each[0], each -> each[1])));
        parts.put("address", location.getScheme() + "://" + location.getAuthority() + location.getPath());
        return parts;
    }

    private static JsonNode redeem(Stage stage, String code, String host, String state) throws Exception {
        return ask(stage, "redeem", "{\"code\":\"%s\",\"host\":\"%s\",\"state\":\"%s\"}".formatted(code, host, state));
    }

    private static JsonNode check(Stage stage, String session, String host) throws Exception {
        return ask(stage, "check", "{\"session\":\"%s\",\"host\":\"%s\"}".formatted(session, host));
    }

    private static JsonNode ask(Stage stage, String what, String body) throws Exception {
        WebResponse answer = stage.post("admin", "dedalus/router/" + what, body).getWebResponse();
        assertThat(answer.getStatusCode()).isEqualTo(200);
        assertThat(answer.getResponseHeaderValue("Cache-Control")).contains("no-store");
        return new ObjectMapper().readTree(answer.getContentAsString());
    }
}
