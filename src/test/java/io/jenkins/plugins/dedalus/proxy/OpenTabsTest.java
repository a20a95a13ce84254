package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics.Cause;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tab that nobody looks at wakes nothing; whoever comes back to it does. */
class OpenTabsTest {
    private static final String ORIGIN = "Origin: http://" + TestProxy.HOST;
    private static final String[] FETCH = {"Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty", "Accept: */*"};
    private static final String[] STREAM = {"Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty", "Accept: text/event-stream"
    };

    private final FakeWaker waker = new FakeWaker();
    private RawUpstream upstream;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        upstream = WebSockets.echo();
        proxy = new TestProxy(waker);
        proxy.route(upstream.uri());
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private RawClient.Response handshake(String... headers) throws IOException {
        return RawClient.once(proxy.port, WebSockets.handshake(TestProxy.HOST, "/?token=x", headers));
    }

    /** A tab whose page is connected, as long as its machine is awake. */
    private void openTab() throws IOException {
        waker.awake(TestProxy.MACHINE);
        try (RawClient tab = proxy.client().send(WebSockets.handshake(TestProxy.HOST, "/?token=w", ORIGIN))) {
            assertThat(tab.head()).startsWith("HTTP/1.1 101");
        }
        assertThat(proxy.get("/events", STREAM).status()).isEqualTo(200);
        upstream.requests().clear();
    }

    @Test
    void reconnectsOfAPageWakeNothingAndAreTakenWithAPersonsWake() throws Exception {
        openTab();
        waker.asleep(TestProxy.MACHINE);
        RawClient.Response vite = handshake(ORIGIN, "Sec-WebSocket-Protocol: vite-ping");
        assertThat(vite.status())
                .as("an open socket would make Vite load the page")
                .isEqualTo(503);
        assertThat(vite.header("Retry-After")).isEqualTo("30");
        assertThat(handshake(ORIGIN, "Sec-Fetch-Mode: websocket").status()).isEqualTo(503);
        assertThat(proxy.get("/events", STREAM).status()).isEqualTo(503);
        RawClient.Response beacon = RawClient.once(
                proxy.port,
                "POST /bye HTTP/1.1\r\nHost: " + TestProxy.HOST
                        + "\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: empty\r\nContent-Length: 1\r\n\r\nx");
        assertThat(beacon.status()).isEqualTo(503);
        assertThat(waker.started()).isZero();
        assertThat(proxy.metrics.failed(Cause.NOT_WOKEN)).isEqualTo(4);
        assertThat(upstream.requests()).isEmpty();

        try (RawClient person = proxy.client()
                        .get(TestProxy.HOST, "/", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document");
                RawClient tab = proxy.client()) {
            await().until(() -> waker.started() == 1);
            tab.send(WebSockets.handshake(TestProxy.HOST, "/", ORIGIN));
            await().until(() -> waker.joined() == 2);
            waker.notAsleep(TestProxy.MACHINE).complete(TestProxy.MACHINE);
            assertThat(person.response().status()).isEqualTo(200);
            assertThat(tab.head()).startsWith("HTTP/1.1 101");
        }
        assertThat(waker.started()).isEqualTo(1);
    }

    @Test
    void aProgramsWebSocketWakesAndSoDoesAPagesFirst() throws Exception {
        waker.wakesAtOnce();
        openTab();
        for (String[] headers : new String[][] {{}, {"Origin: http://elsewhere.example.net"}}) {
            waker.doubt(proxy.directory.lookup(TestProxy.HOST).orElseThrow());
            String target = headers.length == 0 ? "/" : "/another";
            try (RawClient program = proxy.client().send(WebSockets.handshake(TestProxy.HOST, target, headers))) {
                assertThat(program.head()).startsWith("HTTP/1.1 101");
            }
        }
        assertThat(waker.started()).isEqualTo(2);
    }

    @Test
    void aTabThatTheRouterNeverSawWakesOnceAndNotAgain() throws Exception {
        try (RawClient tab = proxy.client().send(WebSockets.handshake(TestProxy.HOST, "/", ORIGIN))) {
            await().until(() -> waker.started() == 1);
            waker.fail(TestProxy.MACHINE, new IllegalStateException("not now"));
            assertThat(tab.response().status()).isEqualTo(503);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(handshake(ORIGIN).status()).isEqualTo(503);
        }
        assertThat(waker.started()).isEqualTo(1);
    }

    @Test
    void aScriptsFirstRequestWakesAsAClickMay() throws Exception {
        waker.wakesAtOnce();
        assertThat(proxy.get("/api/item", FETCH).status()).isEqualTo(200);
        assertThat(waker.started()).isEqualTo(1);
    }

    @Test
    void aReconnectIsRefusedAlsoWhereTheMachineProvesAsleep() throws Exception {
        openTab();
        try (RawUpstream frozen = new RawUpstream((request, out) -> RawUpstream.reset(request.socket()))) {
            proxy.route(frozen.uri());
            assertThat(handshake(ORIGIN).status()).isEqualTo(503);
            assertThat(waker.dropped()).isPositive();
            assertThat(waker.started()).isZero();
        }
    }

    @Test
    void heartbeatsOfAnOpenTabWakeNoFrozenMachineAndMessagesDo() throws Exception {
        FakeWaker tabs = new FakeWaker().awake("dm-1");
        FakeWaker persons = new FakeWaker().awake("dm-1");
        try (RawUpstream deaf = new RawUpstream((request, out) -> {
                    RawUpstream.write(out, WebSockets.accept(request));
                    while (WebSockets.read(request.in()) != null) {
                        // Frozen machines say nothing.
                    }
                });
                TestProxy left = impatient(tabs, deaf);
                TestProxy used = impatient(persons, deaf);
                RawClient tab = left.client().send(WebSockets.handshake(TestProxy.HOST, "/", ORIGIN));
                RawClient person = used.client().send(WebSockets.handshake(TestProxy.HOST, "/", ORIGIN))) {
            assertThat(tab.head()).startsWith("HTTP/1.1 101");
            assertThat(person.head()).startsWith("HTTP/1.1 101");
            // The handshakes may have taken long enough to raise a doubt.
            int before = tabs.started();
            int first = persons.joined();
            // More than once: the proxy can't tell what came within the moment of the handshake from its answer.
            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        tab.send(WebSockets.frame(WebSockets.TEXT, "{\"type\":\"ping\"}".getBytes(), true));
                        person.send(WebSockets.frame(WebSockets.TEXT, "{\"type\":\"chat\"}".getBytes(), true));
                        return persons.joined() > first;
                    });
            assertThat(tabs.started()).isEqualTo(before);
        }
    }

    private static TestProxy impatient(FakeWaker waker, RawUpstream upstream) {
        return new TestProxy(waker, settings -> settings.doubtAfter(Duration.ofMillis(100)), builder -> builder)
                .route(upstream.uri());
    }
}
