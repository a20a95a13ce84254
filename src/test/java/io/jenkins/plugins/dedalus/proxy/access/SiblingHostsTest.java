package io.jenkins.plugins.dedalus.proxy.access;

import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.API_HOST;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOST;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOSTILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import io.vertx.core.MultiMap;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Previews of other change requests are same-site and hostile: what their pages may do with a viewer's sign-in. */
class SiblingHostsTest {
    private final AccessFixture fixture = new AccessFixture(AccessMode.JENKINS);
    private final ViewerAccess access =
            fixture.access().authority(fixture.authority).build();

    @BeforeEach
    void shareCookie() {
        fixture.jar()
                .put(
                        ViewerCookies.SHARE,
                        fixture.links.issue("id-1", HOST, Duration.ofHours(1)).token());
    }

    private boolean admitted(String method, String... headers) {
        return fixture.ask(access, fixture.request(method, HOST, "/api", headers)) instanceof Decision.Admit;
    }

    @Test
    void ownPagesMay() {
        assertThat(admitted("POST", "Origin", "https://" + HOST, "Sec-Fetch-Site", "same-origin"))
                .isTrue();
        assertThat(admitted("GET", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "no-cors"))
                .isTrue();
        assertThat(admitted("GET", "Origin", "https://" + HOST, "Sec-Fetch-Mode", "websocket", "Upgrade", "websocket"))
                .isTrue();
        assertThat(admitted("GET", "Referer", "https://" + HOST + "/page")).isTrue();
    }

    @Test
    void otherHostsOfTheSameChangeMay() {
        assertThat(admitted("POST", "Origin", "https://" + API_HOST, "Sec-Fetch-Site", "same-site"))
                .isTrue();
        assertThat(admitted("GET", "Referer", "https://" + API_HOST + "/", "Sec-Fetch-Site", "same-site"))
                .isTrue();
    }

    @Test
    void hostsBelowTheSameChangesMay() {
        assertThat(admitted("POST", "Origin", "https://tenant." + HOST, "Sec-Fetch-Site", "same-site"))
                .isTrue();
        assertThat(admitted("POST", "Origin", "https://tenant." + API_HOST, "Sec-Fetch-Site", "same-site"))
                .isTrue();
        assertThat(admitted("POST", "Origin", "https://tenant." + HOSTILE, "Sec-Fetch-Site", "same-site"))
                .isFalse();
    }

    @Test
    void anotherOwnersHostOfTheSameChangeMayNot() {
        fixture.foreign.add(API_HOST);

        assertThat(admitted("POST", "Origin", "https://" + API_HOST, "Sec-Fetch-Site", "same-site"))
                .isFalse();
        assertThat(admitted("POST", "Origin", "https://" + HOST, "Sec-Fetch-Site", "same-origin"))
                .isTrue();
    }

    @Test
    void pagesOfOtherChangesMayNot() {
        assertThat(admitted("POST", "Origin", "https://" + HOSTILE, "Sec-Fetch-Site", "same-site"))
                .isFalse();
        assertThat(admitted("GET", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"))
                .isFalse();
        assertThat(admitted("GET", "Sec-Fetch-Site", "same-site", "Referer", "https://" + HOSTILE + "/"))
                .isFalse();
        assertThat(admitted(
                        "GET", "Origin", "https://" + HOSTILE, "Sec-Fetch-Mode", "websocket", "Upgrade", "websocket"))
                .isFalse();
        assertThat(admitted("POST", "Origin", "null")).isFalse();
        assertThat(admitted("GET", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"))
                .isFalse();
    }

    @Test
    void framesAndFormsOfOtherChangesMayNotEither() {
        assertThat(admitted(
                        "GET", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Site", "same-site"))
                .isFalse();
        assertThat(admitted(
                        "POST",
                        "Sec-Fetch-Mode",
                        "navigate",
                        "Sec-Fetch-Dest",
                        "document",
                        "Origin",
                        "https://" + HOSTILE))
                .isFalse();
    }

    @Test
    void originsThatOnlyLookLikeOursMayNot() {
        for (String origin : new String[] {
            "http://" + HOST,
            "https://" + HOST + ":8443",
            "https://" + HOST + ".evil.example",
            "https://x@" + HOST,
            "::"
        }) {
            assertThat(admitted("POST", "Origin", origin)).as(origin).isFalse();
        }
    }

    @Test
    void aFrontProxyThatRoutesByNumberNeedsAHostPerPreviewWhereAccessIsProtected() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Accept", "text/html");
        ViewerRequest shared = new ViewerRequest(
                fixture.routes.get(HOST), "GET", "/", headers, "192.0.2.1", "https", "all.example.net", false);

        assertThat(fixture.ask(access, shared)).isInstanceOfSatisfying(Decision.Respond.class, refused -> {
            assertThat(refused.status()).isEqualTo(421);
            assertThat(refused.body()).contains("https://" + HOST + "/");
        });
    }

    @Test
    void theSchemesOwnPortMayBeNamed() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Origin", "https://" + HOST)
                .add("Cookie", ViewerCookies.SHARE + "=" + fixture.jar().get(ViewerCookies.SHARE));
        ViewerRequest named = new ViewerRequest(
                fixture.routes.get(HOST), "POST", "/", headers, "192.0.2.1", "https", HOST + ":443", false);

        assertThat(fixture.ask(access, named)).isInstanceOf(Decision.Admit.class);
    }

    @Test
    void aLinkFromAnywhereOpensThePage() {
        assertThat(fixture.ask(access, fixture.navigation(HOST, "/"))).isInstanceOf(Decision.Admit.class);
    }

    @Test
    void onlyGenuineBodylessPreflightsPassWithoutCredentials() {
        fixture.jar().clear();
        assertThat(admitted("OPTIONS", "Origin", "https://" + HOSTILE, "Access-Control-Request-Method", "POST"))
                .isTrue();
        assertThat(admitted("OPTIONS", "Origin", "https://" + HOSTILE)).isFalse();
        assertThat(admitted("GET", "Origin", "https://" + HOSTILE, "Access-Control-Request-Method", "POST"))
                .isFalse();
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Origin", "https://" + HOSTILE)
                .add("Access-Control-Request-Method", "POST");
        ViewerRequest withBody =
                new ViewerRequest(fixture.routes.get(HOST), "OPTIONS", "/", headers, "192.0.2.1", "https", HOST, true);
        assertThat(fixture.ask(access, withBody)).isNotInstanceOf(Decision.Admit.class);
    }
}
