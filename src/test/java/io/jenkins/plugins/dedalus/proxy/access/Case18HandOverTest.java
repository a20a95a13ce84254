package io.jenkins.plugins.dedalus.proxy.access;

import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.API_HOST;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOST;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOSTILE;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Case 18 of the proxy's cases: the hand-over and its abuse. */
class Case18HandOverTest {
    private final AccessFixture fixture = new AccessFixture(AccessMode.JENKINS);
    private final ViewerAccess access =
            fixture.access().authority(fixture.authority).build();

    private static int status(Decision decision) {
        return decision instanceof Decision.Respond respond ? respond.status() : 0;
    }

    /** Opens a page and returns the state that the authority was given. */
    private String begin(String uri) {
        Decision sent = fixture.ask(access, fixture.navigation(HOST, uri));
        assertThat(status(sent)).isEqualTo(302);
        return Query.parse(URI.create(header(sent, "Location")).toString()).get("state");
    }

    private Decision comeBack(String host, String code, String state) {
        return fixture.ask(access, fixture.navigation(host, "/.dedalus/callback?code=" + code + "&state=" + state));
    }

    private void signIn() {
        String state = begin("/");
        comeBack(HOST, fixture.authority.signIn("ada", HOST, state), state);
    }

    @Test
    void aViewerIsHandedOverAndComesBackToThePageTheyWanted() {
        Decision sent = fixture.ask(access, fixture.navigation(HOST, "/cart?item=1%2F2"));
        String location = header(sent, "Location");
        assertThat(location).startsWith("https://ci.example.com/dedalus/authorize?host=" + HOST + "&state=");
        assertThat(header(sent, "Set-Cookie"))
                .startsWith("__Host-dedalus-state-")
                .contains("Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=300")
                .doesNotContain("Domain");

        String state = Query.parse(location).get("state");
        Decision back = comeBack(HOST, fixture.authority.signIn("ada", HOST, state), state);
        assertThat(header(back, "Location")).isEqualTo("https://" + HOST + "/cart?item=1%2F2");
        assertThat(AccessFixture.headers(back)).anySatisfy(h -> assertThat(h.getValue())
                .startsWith("__Host-dedalus-session=")
                .contains("Max-Age=1800", "Secure", "HttpOnly", "SameSite=Lax"));
        assertThat(fixture.jar()).hasSize(1);

        Decision.Admit admitted = (Decision.Admit) fixture.ask(access, fixture.navigation(HOST, "/cart"));
        assertThat(admitted.viewer()).isEqualTo("ada");
    }

    @Test
    void aHostBelowAPreviewsOwnHasASignInOfItsOwn() {
        signIn();
        String below = "tenant." + HOST;
        Decision sent = fixture.ask(access, fixture.navigation(below, "/cart"));
        String location = header(sent, "Location");
        assertThat(location).startsWith("https://ci.example.com/dedalus/authorize?host=" + below + "&state=");

        String state = Query.parse(location).get("state");
        Decision back = comeBack(below, fixture.authority.signIn("ada", below, state), state);
        assertThat(header(back, "Location")).isEqualTo("https://" + below + "/cart");
        assertThat(fixture.ask(access, fixture.navigation(below, "/cart"))).isInstanceOf(Decision.Admit.class);

        // A session that leaked from there is of no use elsewhere: the browser keeps it to its host, and so do we.
        assertThat(status(fixture.ask(access, fixture.navigation(HOST, "/")))).isEqualTo(302);
    }

    @Test
    void twoTabsMaySignInAtOnce() {
        String first = begin("/a");
        String second = begin("/b");

        assertThat(header(comeBack(HOST, fixture.authority.signIn("ada", HOST, second), second), "Location"))
                .endsWith("/b");
        assertThat(header(comeBack(HOST, fixture.authority.signIn("ada", HOST, first), first), "Location"))
                .endsWith("/a");
    }

    @Test
    void anExpiredCodeIsRefused() {
        String state = begin("/");
        String code = fixture.authority.signIn("ada", HOST, state);
        fixture.clock.pass(Duration.ofSeconds(61));

        assertThat(status(comeBack(HOST, code, state))).isEqualTo(400);
    }

    @Test
    void aForgedOrReplayedCodeIsRefused() {
        String state = begin("/");
        var cookies = java.util.Map.copyOf(fixture.jar());
        assertThat(status(comeBack(HOST, "code-99", state))).isEqualTo(400);
        String code = fixture.authority.signIn("ada", HOST, state);
        assertThat(status(comeBack(HOST, code, state))).isEqualTo(302);

        fixture.jar().clear();
        fixture.jar().putAll(cookies);
        assertThat(status(comeBack(HOST, code, state))).isEqualTo(400);
    }

    @Test
    void aCodeOfAnotherHostIsRefused() {
        String state = begin("/");
        String code = fixture.authority.signIn("ada", HOSTILE, state);

        assertThat(status(comeBack(HOST, code, state))).isEqualTo(400);
    }

    /** The browser keeps the cookie to its host; the state says so as well. */
    @Test
    void aSignInThatBeganOnAnotherHostIsRefused() {
        String state = begin("/");
        String code = fixture.authority.signIn("mallory", API_HOST, state);

        assertThat(status(comeBack(API_HOST, code, state))).isEqualTo(400);
    }

    @Test
    void aCodeWithoutThisBrowsersStateIsRefused() {
        String state = begin("/");
        String code = fixture.authority.signIn("mallory", HOST, state);
        fixture.jar().clear();

        assertThat(status(comeBack(HOST, code, state))).isEqualTo(400);
        assertThat(status(comeBack(HOST, code, "x".repeat(43)))).isEqualTo(400);
        assertThat(status(fixture.ask(access, fixture.navigation(HOST, "/.dedalus/callback?code=" + code))))
                .isEqualTo(400);
    }

    @Test
    void theWantedPageNeverLeadsElsewhere() {
        for (String uri :
                new String[] {"//evil.example.com/", "/\\evil.example.com", "/x?to=https://evil.example.com"}) {
            String state = begin(uri);
            Decision back = comeBack(HOST, fixture.authority.signIn("ada", HOST, state), state);
            assertThat(header(back, "Location")).startsWith("https://" + HOST + "/");
            fixture.jar().clear();
        }
    }

    @Test
    void aSessionOfAnotherHostIsWorthNothing() {
        signIn();

        assertThat(status(fixture.ask(access, fixture.navigation(API_HOST, "/"))))
                .isEqualTo(302);
    }

    @Test
    void withdrawnPermissionCutsOpenStreamsWithinAMinute() {
        signIn();
        Decision.Admit stream = (Decision.Admit) fixture.ask(access, fixture.navigation(HOST, "/events"));
        assertThat(stream.revoked().toCompletableFuture()).isNotDone();

        fixture.authority.forbid("ada");
        fixture.clock.pass(Duration.ofSeconds(40));
        fixture.sweep();
        assertThat(stream.revoked().toCompletableFuture()).isNotDone();
        fixture.clock.pass(Duration.ofSeconds(5));
        fixture.sweep();
        assertThat(stream.revoked().toCompletableFuture()).isDone();
        assertThat(status(fixture.ask(access, fixture.navigation(HOST, "/")))).isEqualTo(302);
    }

    @Test
    void theAuthorityIsAskedOnceAMinuteHoweverManyRequestsCome() {
        signIn();
        for (int i = 0; i < 100; i++) {
            fixture.ask(access, fixture.navigation(HOST, "/" + i));
        }
        assertThat(fixture.authority.checks()).isZero();
        fixture.clock.pass(Duration.ofSeconds(56));
        for (int i = 0; i < 100; i++) {
            fixture.ask(access, fixture.navigation(HOST, "/" + i));
        }
        assertThat(fixture.authority.checks()).isEqualTo(1);
    }

    @Test
    void whileTheAuthorityIsDownTheAdmittedStayAQuarterOfAnHourAndNobodyNewComesIn() {
        signIn();
        fixture.authority.down(true);
        fixture.clock.pass(Duration.ofMinutes(14));
        Decision.Admit stays = (Decision.Admit) fixture.ask(access, fixture.navigation(HOST, "/"));
        assertThat(stays.viewer()).isEqualTo("ada");

        fixture.clock.pass(Duration.ofSeconds(61));
        assertThat(status(fixture.ask(access, fixture.navigation(HOST, "/")))).isEqualTo(503);
        assertThat(stays.revoked().toCompletableFuture()).isDone();

        fixture.authority.down(false);
        assertThat(fixture.ask(access, fixture.navigation(HOST, "/"))).isInstanceOf(Decision.Admit.class);

        fixture.jar().clear();
        String state = begin("/");
        String code = fixture.authority.signIn("bob", HOST, state);
        fixture.authority.down(true);
        assertThat(status(comeBack(HOST, code, state))).isEqualTo(503);
    }

    @Test
    void aSessionEndsAfterThirtyMinutes() {
        signIn();
        Decision.Admit stream = (Decision.Admit) fixture.ask(access, fixture.navigation(HOST, "/"));
        for (int i = 0; i < 31; i++) {
            fixture.clock.pass(Duration.ofMinutes(1));
            fixture.sweep();
        }

        assertThat(stream.revoked().toCompletableFuture()).isDone();
        assertThat(status(fixture.ask(access, fixture.navigation(HOST, "/")))).isEqualTo(302);
    }

    @Test
    void anotherReplicaKnowsTheSessionFromTheAuthority() {
        signIn();
        ViewerAccess replica = fixture.access().authority(fixture.authority).build();

        assertThat(fixture.ask(replica, fixture.navigation(HOST, "/"))).isInstanceOf(Decision.Admit.class);
    }

    @Test
    void requestsThatAreNoNavigationsGetNoRedirect() {
        Decision refused = fixture.ask(
                access,
                fixture.request("GET", HOST, "/api", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin"));

        assertThat(status(refused)).isEqualTo(401);
        assertThat(((Decision.Respond) refused).body()).contains("https://" + HOST + "/");
    }

    @Test
    void aForgedSessionCookieIsAskedForAndRefused() {
        fixture.jar().put("__Host-dedalus-session", "A".repeat(40));
        assertThat(status(fixture.ask(access, fixture.navigation(HOST, "/")))).isEqualTo(302);
        fixture.jar().put("__Host-dedalus-session", "short");
        assertThat(status(fixture.ask(access, fixture.navigation(HOST, "/")))).isEqualTo(302);
    }
}
