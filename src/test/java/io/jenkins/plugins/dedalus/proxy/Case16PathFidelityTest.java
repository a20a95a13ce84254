package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 16: a request target arrives byte for byte, or is refused with a documented 400. */
class Case16PathFidelityTest {
    private static RawUpstream upstream;
    private static TestProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        upstream = RawUpstream.saying("reached");
        proxy = TestProxy.awake(upstream);
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?",
                "/a?",
                "/a%2Fb",
                "/a%2fb%2F..%2f",
                "//",
                "//a///b//",
                "//evil.example/x",
                "/a/../b",
                "/../../etc/passwd",
                "/a/./b/.",
                "/a;a=b;c/d;e",
                "/%00",
                "/a%00b?c=%00",
                "/%ff%fe%80",
                "/%C3%28",
                "/%",
                "/%zz",
                "/a|b\"c<d>e^f`g{h}\\i",
                "/?a=b&a=b&&=&?x=/y//z;w",
                "/http://example.net/",
                "/@user:pass",
                "/.dedalusx/y",
                "/x/.dedalus/status",
                "/%2ededalus/status",
            })
    void case16_arrivesByteForByte(String target) throws Exception {
        RawClient.Response response = proxy.get(target);

        assertThat(response.status()).isEqualTo(200);
        assertThat(upstream.last().line()).isEqualTo("GET " + target + " HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/caf\u00e9", "/\u00ff\u00fe", "/a\u007fb", "/a#b", "/a\u0001b", "/a\tb"})
    void case16_bytesThatMustBeEncodedAre400(String target) throws Exception {
        int before = upstream.requests().size();

        assertThat(proxy.get(target).status()).isEqualTo(400);
        assertThat(upstream.requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.dedalus/", "/.dedalus/anything?x=y", "/.dedalus/status/more"})
    void case16_reservedPathsAreNeverForwarded(String target) throws Exception {
        int before = upstream.requests().size();

        assertThat(proxy.get(target).status()).isEqualTo(404);
        assertThat(upstream.requests()).hasSize(before);
    }
}
