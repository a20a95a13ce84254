package io.jenkins.plugins.dedalus.proxy.access;

import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOST;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.HOSTILE;
import static io.jenkins.plugins.dedalus.proxy.access.AccessFixture.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.proxy.access.revocation.FileRevocations;
import io.jenkins.plugins.dedalus.proxy.access.revocation.Revocations;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShareLinksTest {
    private final AccessFixture fixture = new AccessFixture(AccessMode.JENKINS);
    private final ViewerAccess access =
            fixture.access().authority(fixture.authority).build();
    private final ShareLinks.Issued issued = fixture.links.issue("id-1", HOST, Duration.ofHours(1));

    @TempDir
    Path dir;

    private Decision open(String host, String suffix) {
        return fixture.ask(access, fixture.navigation(host, "/.dedalus/share/" + issued.token() + suffix));
    }

    @Test
    void aLinkBecomesACookieAndLeavesTheAddressBar() {
        Decision opened = open(HOST, "?to=/cart");

        assertThat(header(opened, "Location")).isEqualTo("https://" + HOST + "/cart");
        assertThat(header(opened, "Set-Cookie"))
                .startsWith("__Host-dedalus-share=")
                .contains("Max-Age=3600", "HttpOnly");
        assertThat(header(opened, "Referrer-Policy")).isEqualTo("no-referrer");
        Decision.Admit admitted = (Decision.Admit) fixture.ask(access, fixture.navigation(HOST, "/cart"));
        assertThat(admitted.viewer()).isEqualTo("share:" + issued.link().id());
    }

    @Test
    void itLeadsNowhereElse() {
        for (String to : new String[] {"//evil.example", "https://evil.example", "/%0d%0aX:1", "%2F%2Fevil.example"}) {
            assertThat(header(open(HOST, "?to=" + to), "Location"))
                    .startsWith("https://" + HOST + "/")
                    .doesNotContain("\r");
        }
    }

    @Test
    void itOpensItsOwnPreviewOnlyAndOnlyWhileItIsValid() {
        assertThat(open(HOSTILE, ""))
                .isInstanceOfSatisfying(Decision.Respond.class, refused -> assertThat(refused.status())
                        .isEqualTo(403));
        assertThat(fixture.links.verify(issued.token() + "x", "id-1", HOST)).isEmpty();
        assertThat(fixture.links.verify("", "id-1", HOST)).isEmpty();
        assertThat(fixture.links.verify("a.b", "id-1", HOST)).isEmpty();
        assertThat(fixture.links.verify("é.b", "id-1", HOST)).isEmpty();

        fixture.clock.pass(Duration.ofMinutes(61));
        assertThat(fixture.links.verify(issued.token(), "id-1", HOST)).isEmpty();
    }

    /** Another owner's preview of the same change request has the same id, and the owners may share a key. */
    @Test
    void itOpensNoOtherHostOfAPreviewWithTheSameId() {
        String other = "pr-1.others.example.net";
        fixture.routes.put(
                other,
                Route.builder(other)
                        .previewId("id-1")
                        .access(AccessMode.JENKINS)
                        .state(RouteState.PROVISIONING)
                        .build());

        assertThat(open(other, ""))
                .isInstanceOfSatisfying(Decision.Respond.class, refused -> assertThat(refused.status())
                        .isEqualTo(403));
        fixture.jar().put(ViewerCookies.SHARE, issued.token());
        assertThat(fixture.ask(access, fixture.navigation(other, "/"))).isInstanceOf(Decision.Respond.class);
        String bypass = fixture.links.bypassToken("id-1", HOST);
        assertThat(fixture.ask(access, fixture.request("GET", other, "/", "X-Dedalus-Bypass", bypass)))
                .isInstanceOf(Decision.Respond.class);
        fixture.jar().put(ViewerCookies.SHARE, issued.token());
        assertThat(fixture.ask(access, fixture.navigation(HOST, "/")))
                .as("its own host")
                .isInstanceOf(Decision.Admit.class);
    }

    @Test
    void withdrawingItCutsItsStreams() {
        open(HOST, "");
        Decision.Admit stream = (Decision.Admit) fixture.ask(access, fixture.navigation(HOST, "/events"));
        ShareLinks.Issued other = fixture.links.issue("id-1", HOST, Duration.ofHours(1));

        fixture.links.revoke(issued.link().id());
        assertThat(stream.revoked().toCompletableFuture()).isDone();
        assertThat(fixture.links.verify(issued.token(), "id-1", HOST)).isEmpty();
        assertThat(fixture.links.verify(other.token(), "id-1", HOST)).isPresent();

        fixture.links.revokeAll("id-1");
        assertThat(fixture.links.verify(other.token(), "id-1", HOST)).isEmpty();
        assertThat(fixture.links.verify(
                        fixture.links.issue("id-1", HOST, Duration.ofHours(1)).token(), "id-1", HOST))
                .isPresent();
    }

    @Test
    void aBypassTokenWorksForItsPreviewUntilWithdrawn() {
        String token = fixture.links.bypassToken("id-1", HOST);
        Decision.Admit admitted =
                (Decision.Admit) fixture.ask(access, fixture.request("POST", HOST, "/api", "X-Dedalus-Bypass", token));
        assertThat(admitted.viewer()).isEqualTo("bypass");
        assertThat(fixture.ask(access, fixture.request("GET", HOSTILE, "/", "X-Dedalus-Bypass", token)))
                .isInstanceOfSatisfying(Decision.Respond.class, refused -> assertThat(refused.status())
                        .isEqualTo(403));

        fixture.links.revokeAll("id-1");
        assertThat(admitted.revoked().toCompletableFuture()).isDone();
        assertThat(fixture.ask(access, fixture.request("GET", HOST, "/", "X-Dedalus-Bypass", token)))
                .isInstanceOf(Decision.Respond.class);
    }

    @Test
    void withdrawalsSurviveARestart() throws Exception {
        Path file = dir.resolve("revoked.json");
        Revocations before = new FileRevocations(file);
        before.revoke("abc");
        before.revokeAll("id-1");

        Revocations after = new FileRevocations(file);
        assertThat(after.isRevoked("abc", HOST)).isTrue();
        assertThat(after.epoch("id-1", HOST)).isEqualTo(1);
        assertThat(after.epoch("id-2", HOST)).isZero();

        Files.writeString(file, "{");
        assertThatThrownBy(() -> new FileRevocations(file)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void tokensAreNotPrinted() {
        assertThat(issued.toString()).doesNotContain(issued.token());
        assertThatThrownBy(() -> fixture.links.issue("id-1", HOST, Duration.ofDays(31)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aWithdrawalThatCouldNotBeWrittenCutsStreamsAndIsWrittenWhenAskedAgain() throws Exception {
        Path file = dir.resolve("later/revoked.json");
        ShareLinks links =
                new ShareLinks(new Signer(new byte[32]), new FileRevocations(file), java.time.Clock.systemUTC());
        ShareLinks.Link link = links.issue("p-1", HOST, Duration.ofHours(1)).link();
        var cut = links.cut(link);
        assertThatThrownBy(() -> links.revoke(link.id())).isInstanceOf(UncheckedIOException.class);
        assertThat(cut).isCompleted();
        Files.createDirectory(file.getParent());
        links.revoke(link.id());
        assertThat(new FileRevocations(file).isRevoked(link.id(), HOST)).isTrue();
    }

    @Test
    void guessedTokensCostNoMemory() {
        for (int i = 0; i < 100; i++) {
            String host = "pr-9" + i + ".previews.example.net";
            fixture.routes.put(
                    host,
                    Route.builder(host)
                            .access(AccessMode.JENKINS)
                            .state(RouteState.PROVISIONING)
                            .build());
            fixture.ask(access, fixture.request("GET", host, "/", "X-Dedalus-Bypass", "guess"));
            fixture.ask(access, fixture.request("GET", host, "/", "Cookie", ViewerCookies.SHARE + "=a.b"));
        }
        assertThat(fixture.links.watched()).isZero();

        String token = fixture.links.bypassToken("id-1", HOST);
        Decision.Admit stream =
                (Decision.Admit) fixture.ask(access, fixture.request("GET", HOST, "/", "X-Dedalus-Bypass", token));
        assertThat(fixture.links.watched()).isEqualTo(1);
        fixture.links.revokeAll("id-1");
        assertThat(stream.revoked().toCompletableFuture()).isDone();
    }
}
