package io.jenkins.plugins.dedalus.proxy.access;

import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOST;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOSTILE;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.header;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class BasicAccessTest {
    private static final String HASH = BCrypt.withDefaults().hashToString(4, "open sesame".toCharArray());

    private final AccessFixture fixture = new AccessFixture(AccessMode.BASIC);
    private final ViewerAccess access = fixture.access().basic("review", HASH).build();

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    private Decision navigate(String authorization) {
        return fixture.ask(
                access,
                fixture.request(
                        "GET",
                        HOST,
                        "/",
                        "Sec-Fetch-Mode",
                        "navigate",
                        "Sec-Fetch-Dest",
                        "document",
                        "Accept",
                        "text/html",
                        "Authorization",
                        authorization));
    }

    @Test
    void asksForAPasswordAndTakesTheRightOne() {
        Decision challenge = fixture.ask(access, fixture.navigation(HOST, "/"));
        assertThat(((Decision.Respond) challenge).status()).isEqualTo(401);
        assertThat(header(challenge, "WWW-Authenticate")).startsWith("Basic realm=");

        assertThat(navigate(basic("review:wrong"))).isInstanceOf(Decision.Respond.class);
        assertThat(navigate(basic("other:open sesame"))).isInstanceOf(Decision.Respond.class);
        assertThat(navigate("Basic %%%")).isInstanceOf(Decision.Respond.class);
        Decision.Admit admitted = (Decision.Admit) navigate(basic("review:open sesame"));
        assertThat(admitted.viewer()).isEqualTo("review");
        assertThat(admitted.stripHeaders()).containsExactly("authorization");
    }

    @Test
    void afterwardsTheAppMayUseTheAuthorizationHeaderForItself() {
        navigate(basic("review:open sesame"));
        assertThat(fixture.jar()).containsKey(ViewerCookies.BASIC);

        Decision.Admit api = (Decision.Admit) fixture.ask(
                access,
                fixture.request("GET", HOST, "/api", "Sec-Fetch-Site", "same-origin", "Authorization", "Bearer app"));
        assertThat(api.stripHeaders()).isEmpty();
        assertThat(fixture.ask(access, fixture.navigation(HOSTILE, "/"))).isInstanceOf(Decision.Respond.class);

        fixture.clock.pass(Duration.ofMinutes(31));
        assertThat(fixture.ask(access, fixture.navigation(HOST, "/"))).isInstanceOf(Decision.Respond.class);
    }

    @Test
    void theAppsOwnPasswordsPassOnceTheViewerIsKnown() {
        String apps = basic("shopkeeper:secret");
        assertThat(navigate(apps)).as("nobody is known by it").isInstanceOf(Decision.Respond.class);
        navigate(basic("review:open sesame"));

        for (String own : List.of(apps, basic("reviewer:open sesame"), basic("Review:x"), "Bearer token")) {
            Decision.Admit admitted = (Decision.Admit) navigate(own);
            assertThat(admitted.viewer()).isEqualTo("review");
            assertThat(admitted.stripHeaders()).as(own).isEmpty();
        }
        for (String ours : List.of(
                basic("review:open sesame"),
                basic("review:mistyped"),
                "BASIC " + basic("review:x").substring(6))) {
            assertThat(((Decision.Admit) navigate(ours)).stripHeaders())
                    .as(ours)
                    .containsExactly("authorization");
        }
        assertThat(((Decision.Admit) navigate("Basic %%%")).stripHeaders()).containsExactly("authorization");
    }

    @Test
    void ofTwoPasswordsOneBeingOursNonePasses() {
        navigate(basic("review:open sesame"));

        Decision.Admit admitted = (Decision.Admit) fixture.ask(
                access,
                fixture.request(
                        "GET",
                        HOST,
                        "/",
                        "Sec-Fetch-Mode",
                        "navigate",
                        "Authorization",
                        basic("shopkeeper:secret"),
                        "Authorization",
                        basic("review:open sesame")));
        assertThat(admitted.stripHeaders()).containsExactly("authorization");
    }

    @Test
    void aPasswordThatIsNotOursMakesNoProgramOfAPage() {
        navigate(basic("review:open sesame"));

        for (String value : List.of(basic("shopkeeper:secret"), basic("review:mistyped"))) {
            assertThat(fixture.ask(access, fixture.request("POST", HOST, "/", "Authorization", value)))
                    .as("the cookie alone, and no word where the request comes from")
                    .isInstanceOf(Decision.Respond.class);
        }
    }

    @Test
    void aRememberedPasswordIsNoPassForOtherPages() {
        Decision refused = fixture.ask(
                access,
                fixture.request(
                        "GET",
                        HOST,
                        "/",
                        "Sec-Fetch-Site",
                        "same-site",
                        "Sec-Fetch-Mode",
                        "no-cors",
                        "Authorization",
                        basic("review:open sesame")));
        assertThat(((Decision.Respond) refused).status()).isEqualTo(403);

        Decision program = fixture.ask(
                access, fixture.request("DELETE", HOST, "/api", "Authorization", basic("review:open sesame")));
        assertThat(program).isInstanceOf(Decision.Admit.class);
    }

    @Test
    void bcryptRunsOncePerPasswordAndNeverOnTheCallersThread() {
        List<Runnable> work = new ArrayList<>();
        PasswordChecker checker = new PasswordChecker("review", HASH, work::add);
        CompletableFuture<Boolean> first = checker.check("review:open sesame");
        CompletableFuture<Boolean> second = checker.check("review:open sesame");

        assertThat(first).isNotDone();
        assertThat(work).hasSize(1);
        work.remove(0).run();
        assertThat(first).isCompletedWithValue(true);
        assertThat(second).isCompletedWithValue(true);
        assertThat(checker.check("review:open sesame")).isCompletedWithValue(true);
        assertThat(work).isEmpty();
    }

    @Test
    void aFloodOfGuessesIsTurnedAwayNotQueued() {
        List<Runnable> work = new ArrayList<>();
        PasswordChecker checker = new PasswordChecker("review", HASH, work::add);
        for (int i = 0; i < 64; i++) {
            checker.check("review:" + i);
        }

        assertThat(checker.check("review:one more").isCompletedExceptionally()).isTrue();
        assertThat(checker.check("review:and another").handle((ok, e) -> e).join())
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aModeThatIsNotConfiguredAdmitsNobody() {
        ViewerAccess nothing = fixture.access().build();

        assertThat(fixture.ask(nothing, fixture.navigation(HOST, "/")))
                .isInstanceOfSatisfying(Decision.Respond.class, refused -> assertThat(refused.status())
                        .isEqualTo(503));
    }
}
