package io.jenkins.plugins.dedalus.proxy.access;

import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOST;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOSTILE;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.time.Duration;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Made-up session cookies cost the authority next to nothing, and real ones are none the worse for them. */
class ForgedSessionsTest {
    private static final String SESSION = "__Host-dedalus-session";

    private final AccessFixture fixture = new AccessFixture(AccessMode.JENKINS);
    private final ViewerAccess access =
            fixture.access().authority(fixture.authority).build();

    private void signIn() {
        signIn(access);
    }

    private void signIn(ViewerAccess at) {
        Decision sent = fixture.ask(at, fixture.navigation(HOST, "/"));
        String state =
                Query.parse(URI.create(header(sent, "Location")).toString()).get("state");
        String code = fixture.authority.signIn("ada", HOST, state);
        fixture.ask(at, fixture.navigation(HOST, "/.dedalus/callback?code=" + code + "&state=" + state));
    }

    private Decision navigate(ViewerAccess at, String address, String cookie) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Sec-Fetch-Mode", "navigate")
                .add("Accept", "text/html")
                .add("Cookie", SESSION + "=" + cookie);
        ViewerRequest request =
                new ViewerRequest(fixture.routes.get(HOST), "GET", "/", headers, address, "https", HOST, false);
        return at.admit(request).toCompletableFuture().join();
    }

    private int questionsAfter(int requests, String address, IntFunction<String> cookie) {
        int before = fixture.authority.checks();
        for (int i = 0; i < requests; i++) {
            assertThat(((Decision.Respond) navigate(access, address, cookie.apply(i))).status())
                    .isEqualTo(302);
        }
        return fixture.authority.checks() - before;
    }

    @Test
    void hundredsOfThemAreAFewQuestions() {
        assertThat(questionsAfter(300, "192.0.2.7", i -> "forged-session-token-" + i))
                .isLessThanOrEqualTo(8);
        assertThat(questionsAfter(300, "192.0.2.7", i -> "forged-session-token-" + i + "." + "A".repeat(43)))
                .as("with a signature that is none")
                .isZero();
    }

    @Test
    void theSameOneAgainAndAgainIsOneQuestion() {
        assertThat(questionsAfter(300, "192.0.2.7", i -> "forged-session-token"))
                .isEqualTo(1);
    }

    @Test
    void neitherManyAddressesNorOneNetworksHelp() {
        assertThat(questionsAfter(300, "2001:db8:1:2::1", i -> "forged-session-token-" + i)
                        + questionsAfter(300, "2001:db8:1:2:ffff::9", i -> "forged-session-token-x" + i))
                .isLessThanOrEqualTo(8);
        int questions = 0;
        for (int i = 0; i < 1000; i++) {
            int address = i;
            questions +=
                    questionsAfter(1, "198.51." + i / 250 + "." + i % 250, x -> "forged-session-token-y" + address);
        }
        assertThat(questions).isLessThanOrEqualTo(64);
    }

    @Test
    void aSignatureForAnotherHostOrSessionIsNone() {
        signIn();
        String real = fixture.jar().get(SESSION);
        String signature = real.substring(real.lastIndexOf('.'));
        assertThat(questionsAfter(300, "192.0.2.7", i -> "forged-session-token-" + i + signature))
                .isLessThanOrEqualTo(8);
        fixture.routes.put(HOST, fixture.routes.get(HOSTILE));
        int before = fixture.authority.checks();
        for (int i = 0; i < 50; i++) {
            navigate(access, "192.0.2.9", real);
        }
        assertThat(fixture.authority.checks() - before).isLessThanOrEqualTo(8);
    }

    @Test
    void aCookieOfAnotherHostCountsAsUnsigned() {
        Signer signer = new Signer(Signer.freshKey());
        fixture.jar().put(SESSION, SessionCookie.write("session-of-this-host", HOST, signer));

        assertThat(SessionCookie.read(fixture.navigation(HOST, "/"), signer).signed())
                .isTrue();
        assertThat(SessionCookie.read(fixture.navigation(HOSTILE, "/"), signer).signed())
                .isFalse();
    }

    @Test
    void aSignedInViewerIsNotHinderedByAFlood() {
        signIn();
        String real = fixture.jar().get(SESSION);
        questionsAfter(300, "192.0.2.1", i -> "forged-session-token-" + i);
        fixture.clock.pass(Duration.ofMinutes(1));

        assertThat(navigate(access, "192.0.2.1", real)).isInstanceOf(Decision.Admit.class);
        // After a restart as well: the signature says enough.
        ViewerAccess restarted = fixture.access().authority(fixture.authority).build();
        for (int i = 0; i < 20; i++) {
            navigate(restarted, "192.0.2.1", "forged-session-token-" + i);
        }
        assertThat(navigate(restarted, "192.0.2.1", real)).isInstanceOf(Decision.Admit.class);
    }

    @Test
    void aSessionOfARouterWithAnotherKeyIsAskedAbout() {
        ViewerAccess other = fixture.access()
                .signer(new Signer(Signer.freshKey()))
                .authority(fixture.authority)
                .build();
        signIn(other);

        assertThat(navigate(access, "192.0.2.1", fixture.jar().get(SESSION))).isInstanceOf(Decision.Admit.class);
        assertThat(navigate(access, "192.0.2.1", fixture.jar().get(SESSION))).isInstanceOf(Decision.Admit.class);
        assertThat(fixture.authority.checks()).isEqualTo(1);
    }

    @Test
    void aNoIsForgottenSoon() {
        questionsAfter(1, "192.0.2.7", i -> "forged-session-token");
        fixture.clock.pass(Duration.ofSeconds(11));

        assertThat(questionsAfter(2, "192.0.2.7", i -> "forged-session-token")).isEqualTo(1);
    }
}
