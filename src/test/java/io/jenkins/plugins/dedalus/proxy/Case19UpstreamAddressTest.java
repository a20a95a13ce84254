package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamForbiddenException;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamPolicy;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 19: only https, only the configured suffix, no user information, no redirects, no private address. */
class Case19UpstreamAddressTest {
    private static final UpstreamPolicy PRODUCTION =
            new UpstreamPolicy(List.of(".previews.dedaluslabs.ai", "exact.example.net"), false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://p-1.previews.dedaluslabs.ai",
                "https://P-1.Previews.DedalusLabs.AI/",
                "https://p-1.previews.dedaluslabs.ai:8443",
                "https://exact.example.net",
            })
    void case19_allowedByTheText(String address) {
        assertThat(PRODUCTION.check(URI.create(address)).tls()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://p-1.previews.dedaluslabs.ai",
                "ftp://p-1.previews.dedaluslabs.ai",
                "https://previews.dedaluslabs.ai",
                "https://.previews.dedaluslabs.ai",
                "https://evilpreviews.dedaluslabs.ai",
                "https://p-1.previews.dedaluslabs.ai.evil.example",
                "https://user@p-1.previews.dedaluslabs.ai",
                "https://user:secret@p-1.previews.dedaluslabs.ai",
                "https://evil.example#.previews.dedaluslabs.ai",
                "https://p-1.previews.dedaluslabs.ai/path",
                "https://p-1.previews.dedaluslabs.ai?query",
                "https://p-1.previews.dedaluslabs.ai:0",
                "https://p-1.previews.dedaluslabs.ai:70000",
                "https://sub.exact.example.net",
                "https://127.0.0.1",
                "https://localhost",
                "https://x.localhost",
                "https://[::1]",
                "https://10.0.0.1",
                "https://169.254.169.254",
                "https:opaque",
                "https:///nohost",
                "//p-1.previews.dedaluslabs.ai",
            })
    void case19_forbiddenByTheText(String address) {
        assertThatThrownBy(() -> PRODUCTION.check(URI.create(address)))
                .isInstanceOf(UpstreamForbiddenException.class)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "192.0.0.8",
                "192.0.2.1",
                "198.18.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "2002:a00:1::",
                "2001::1",
                "2001:db8::1",
                "fec0::1"
            })
    void case19_addressesThatAreNotPublic(String literal) throws Exception {
        assertThat(UpstreamPolicy.isPublic(InetAddress.getByName(literal))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "100.63.0.1", "172.32.0.1", "198.20.0.1", "2606:4700::1111", "2a00:1450::1"})
    void case19_addressesThatArePublic(String literal) throws Exception {
        assertThat(UpstreamPolicy.isPublic(InetAddress.getByName(literal))).isTrue();
    }

    @Test
    void case19_aNameThatIsReboundToAPrivateAddressIsNotConnectedTo() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (RawUpstream inside = RawUpstream.saying("internal");
                TestProxy proxy = new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE),
                        settings -> settings.upstreamSuffixes(List.of(".previews.dedaluslabs.ai")),
                        builder -> builder.names(host -> {
                            asked.incrementAndGet();
                            return List.of(InetAddress.getByName("8.8.8.8"), InetAddress.getByName("127.0.0.1"));
                        }))) {
            proxy.route(URI.create("https://p-1.previews.dedaluslabs.ai:" + inside.port()));

            RawClient.Response response = proxy.get("/");

            assertThat(response.status()).isEqualTo(502);
            assertThat(asked.get()).isEqualTo(1);
            assertThat(inside.accepted()).isZero();
            assertThat(proxy.metrics.failed(ProxyMetrics.Cause.UPSTREAM_FORBIDDEN))
                    .isEqualTo(1);
        }
    }

    @Test
    void case19_aForbiddenUpstreamIsNotEvenWoken() throws Exception {
        try (TestProxy proxy = new TestProxy(new FakeWaker().wakesAtOnce())) {
            proxy.route(URI.create("http://p-1.previews.dedaluslabs.ai"));

            assertThat(proxy.get("/").status()).isEqualTo(502);
            assertThat(proxy.waker.joined()).isZero();
        }
    }

    @Test
    void case19_redirectsAreHandedOnNotFollowed() throws Exception {
        try (RawUpstream inside = RawUpstream.saying("internal");
                RawUpstream upstream = new RawUpstream(
                        (request, out) -> RawUpstream.respond(out, 307, "", "Location: " + inside.uri() + "/secret"));
                TestProxy proxy = TestProxy.awake(upstream)) {
            RawClient.Response response = proxy.get("/");

            assertThat(response.status()).isEqualTo(307);
            assertThat(response.header("Location")).isEqualTo(inside.uri() + "/secret");
            assertThat(inside.accepted()).isZero();
        }
    }
}
