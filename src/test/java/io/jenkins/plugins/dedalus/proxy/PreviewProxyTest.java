package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The plain path: a request goes through and its answer comes back. */
class PreviewProxyTest {
    @Test
    void aHeaderThatCantBeSentIsAnErrorAtOnce() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("hello");
                TestProxy proxy = new TestProxy(
                        new FakeWaker().awake(TestProxy.MACHINE),
                        settings -> settings,
                        builder -> builder.credentials(route -> Optional.of("Bearer two\r\nlines: 1")))) {
            proxy.route(upstream.uri());

            assertThat(proxy.get("/").status()).isEqualTo(500);
            await().until(() -> proxy.metrics.inFlight.get() == 0 && proxy.metrics.upstreamConnections.get() == 0);
        }
    }

    @Test
    void forwardsRequestsOnKeptConnectionsOnBothSides() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("hello");
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            for (int i = 0; i < 5; i++) {
                RawClient.Response response =
                        client.get(TestProxy.HOST, "/page?n=" + i).response();

                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("hello");
                assertThat(response.header("X-Robots-Tag")).isEqualTo("noindex");
            }
            assertThat(upstream.accepted()).isEqualTo(1);
            assertThat(upstream.last().target()).isEqualTo("/page?n=4");
        }
    }

    @Test
    void streamsABodyAndItsAnswer() throws Exception {
        try (RawUpstream upstream = new RawUpstream(
                        (request, out) -> RawUpstream.respond(out, 200, new String(request.body()).toUpperCase()));
                TestProxy proxy = TestProxy.awake(upstream);
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            assertThat(client.response().text()).isEqualTo("ABCDE");

            client.send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 3\r\n\r\nxyz");
            assertThat(client.response().text()).isEqualTo("XYZ");
        }
    }
}
