package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import io.jenkins.plugins.dedalus.proxy.access.ViewerAccess;
import io.jenkins.plugins.dedalus.proxy.directory.RouteList;
import io.jenkins.plugins.dedalus.proxy.directory.StaticDirectory;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers by which a front proxy names the pull request: the router's own peer is believed, and nobody else. */
class TrustedHeadersTest {
    private static final String SHOP = "shop-1.previews.example.net";
    private static final String FRONT = "front.example.net";

    @TempDir
    Path temporary;

    private final EngineThreads threads = new EngineThreads("headers", 2);
    private RawUpstream shop;
    private RawUpstream blog;
    private StaticDirectory directory;
    private ViewerAccess access;

    @BeforeEach
    void start() throws Exception {
        shop = RawUpstream.saying("shop 1");
        blog = RawUpstream.saying("blog");
        List<Route> routes = List.of(
                TestProxy.route(SHOP, "dm-shop", shop.uri())
                        .change("github.com/acme/shop", "1")
                        .build(),
                TestProxy.route("blog-1.previews.example.net", "dm-blog", blog.uri())
                        .change("github.com/acme/blog", "1")
                        .build(),
                TestProxy.route("blog-7.previews.example.net", "dm-blog", blog.uri())
                        .change("github.com/acme/blog", "7")
                        .build(),
                TestProxy.route("blog-9.previews.example.net", "dm-blog", blog.uri())
                        .change("github.com/acme/blog", "9")
                        .access(AccessMode.BASIC)
                        .build());
        Path file = temporary.resolve("routes.json");
        Files.writeString(file, new RouteList(routes).write());
        directory = new StaticDirectory(file, AccessMode.PUBLIC, threads, Duration.ofMinutes(1), Clock.systemUTC());
        access = ViewerAccess.builder()
                .directory(directory)
                .signer(new Signer(Signer.freshKey()))
                .scheduler(threads)
                .build();
    }

    @AfterEach
    void stop() throws Exception {
        access.close();
        directory.close();
        threads.close();
        shop.close();
        blog.close();
    }

    private TestProxy trusting(String... proxies) {
        return new TestProxy(
                new FakeWaker().awake("dm-shop").awake("dm-blog"),
                settings -> settings.trustedProxies(List.of(proxies)),
                builder -> builder.directory(directory).gatekeeper(access));
    }

    @Test
    void aTrustedPeerNamesThePullRequestWhateverTheHost() throws Exception {
        try (TestProxy proxy = trusting("127.0.0.1")) {
            assertThat(RawClient.get(proxy.port, FRONT, "/", "X-PR-Number: 7").text())
                    .isEqualTo("blog");
            assertThat(RawClient.get(proxy.port, SHOP, "/", "X-PR-Number: 7").text())
                    .as("it wins over the host")
                    .isEqualTo("blog");
            assertThat(RawClient.get(proxy.port, SHOP, "/").text())
                    .as("without it the host counts")
                    .isEqualTo("shop 1");
            assertThat(blog.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acme/shop",
                "github.com/acme/shop",
                "https://github.com/acme/shop.git",
                "https://GitHub.com/acme/shop"
            })
    void theRepositorySaysWhichOneOfTheSameNumber(String repository) throws Exception {
        try (TestProxy proxy = trusting("127.0.0.1")) {
            assertThat(RawClient.get(proxy.port, FRONT, "/", "X-PR-Number: 1", "X-PR-Repository: " + repository)
                            .text())
                    .isEqualTo("shop 1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-PR-Number: 1",
                "X-PR-Number: 1\r\nX-PR-Repository: acme/other",
                "X-PR-Number: 77",
                "X-PR-Number: 7\r\nX-PR-Repository: acme/shop",
                "X-PR-Number: 07",
                "X-PR-Number: 7\r\nX-PR-Number: 7",
                "X-PR-Number: 1\r\nX-PR-Repository: acme/shop\r\nX-PR-Repository: acme/shop",
            })
    void whatNamesNoneOrTwoFindsNothingNotEvenByTheHost(String headers) throws Exception {
        try (TestProxy proxy = trusting("127.0.0.1")) {
            assertThat(RawClient.get(proxy.port, SHOP, "/", headers).status()).isEqualTo(404);
            assertThat(shop.requests()).isEmpty();
            assertThat(blog.requests()).isEmpty();
        }
    }

    @Test
    void theHeadersNeverReachTheApp() throws Exception {
        for (String peer : List.of("127.0.0.1", "10.0.0.0/8")) {
            try (TestProxy proxy = trusting(peer)) {
                RawClient.get(proxy.port, SHOP, "/", "X-PR-Number: 1", "X-PR-Repository: acme/shop");

                assertThat(shop.last().head()).doesNotContainIgnoringCase("x-pr-");
            }
        }
        assertThat(shop.requests()).hasSize(2);
    }

    @Test
    void anybodyElseIsNotBelievedEvenIfTheyClaimToComeFromATrustedProxy() throws Exception {
        try (TestProxy proxy = trusting("10.0.0.0/8")) {
            String[] claims = {
                "X-PR-Number: 7",
                "X-Forwarded-For: 10.0.0.1",
                "X-Real-IP: 10.0.0.1",
                "Forwarded: for=10.0.0.1",
                "X-Forwarded-Proto: https"
            };

            assertThat(RawClient.get(proxy.port, FRONT, "/", claims).status()).isEqualTo(404);
            assertThat(RawClient.get(proxy.port, SHOP, "/", claims).text()).isEqualTo("shop 1");

            assertThat(blog.requests()).isEmpty();
            assertThat(shop.last().all("X-Forwarded-For")).containsExactly("127.0.0.1");
            assertThat(shop.last().all("X-Forwarded-Proto")).containsExactly("http");
        }
    }

    @Test
    void aProtectedPreviewAnswersOnItsOwnHostOnly() throws Exception {
        try (TestProxy proxy = trusting("127.0.0.1")) {
            RawClient.Response elsewhere = RawClient.get(proxy.port, FRONT, "/", "X-PR-Number: 9");

            assertThat(elsewhere.status()).isEqualTo(421);
            assertThat(elsewhere.text()).contains("blog-9.previews.example.net");
            assertThat(RawClient.get(proxy.port, "blog-9.previews.example.net", "/", "X-PR-Number: 9")
                            .status())
                    .as("no way to sign in is configured here")
                    .isEqualTo(503);
            assertThat(blog.requests()).isEmpty();
        }
    }
}
