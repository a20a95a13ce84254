package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While bytes pass that somebody waits for, the machine gets a request before it would fall asleep; else it gets none. */
class KeepAwakeTest {
    private static final String IDLE = "pr-2.previews.example.net";
    private static final String BROWSER = "User-Agent: Mozilla/5.0";

    /** Requests for a health path, by that path: each preview of this test has its own. */
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

    private final FakeWaker waker = new FakeWaker().awake("dm-1").awake("dm-2");
    private RawUpstream upstream;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        upstream = new RawUpstream((request, out) -> {
            if (request.target().startsWith("/health")) {
                asked(request.target()).incrementAndGet();
                RawUpstream.respond(out, 200, "fine");
            } else if (request.header("Upgrade") != null) {
                WebSockets.echo(request, out);
            } else if (request.method().equals("POST")) {
                request.body();
                RawUpstream.respond(out, 200, "read");
            } else {
                trickle(request, out);
            }
        });
        open(settings -> settings);
    }

    private void open(UnaryOperator<io.jenkins.plugins.dedalus.proxy.spi.ProxySettings.Builder> settings) {
        if (proxy != null) {
            proxy.close();
        }
        // A short doubt makes the proxy look often.
        proxy = new TestProxy(
                waker, base -> settings.apply(base.eventLoops(1).doubtAfter(Duration.ofMillis(100))), all -> all);
        put(TestProxy.HOST, "dm-1", "/health-1");
        put(IDLE, "dm-2", "/health-2");
    }

    private void put(String host, String machine, String health) {
        Route route = TestProxy.route(host, machine, upstream.uri())
                .autosleep(Duration.ofMillis(200))
                .healthPath(health)
                .build();
        proxy.directory.put(route);
    }

    private AtomicInteger asked(String path) {
        return asked.computeIfAbsent(path, p -> new AtomicInteger());
    }

    /** Says what the target's query says, again and again, until the other end leaves; nothing without a query. */
    private static void trickle(RawUpstream.Request request, java.io.OutputStream out)
            throws IOException, InterruptedException {
        int question = request.target().indexOf('?');
        String type = request.target().startsWith("/events") ? "text/event-stream" : "text/plain";
        RawUpstream.write(out, "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n");
        String word =
                question < 0 ? "" : request.target().substring(question + 1).replace("_", " ") + "\n\n";
        while (!word.isEmpty()) {
            RawUpstream.write(out, word);
            Thread.sleep(20);
        }
        request.in().read();
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private RawClient stream(String host, String target, String... headers) throws IOException {
        RawClient client = proxy.client().get(host, target, headers);
        assertThat(client.head()).startsWith("HTTP/1.1 200");
        return client;
    }

    private void keepsAwake(int times) {
        int before = asked("/health-1").get();
        await().atMost(Duration.ofMinutes(1)).until(() -> asked("/health-1").get() >= before + times);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/download?x", "/events?data:_news"})
    void anAnswerOnItsWayKeepsTheMachineAwakeAndAnOpenOneDoesNot(String target) throws Exception {
        try (RawClient moving = stream(TestProxy.HOST, target, BROWSER);
                RawClient idle = stream(IDLE, "/events", BROWSER)) {
            keepsAwake(3);
            assertThat(moving.socket().isConnected()).isTrue();
            assertThat(idle.socket().isConnected()).isTrue();
        }
        assertThat(asked("/health-2")).hasValue(0);
    }

    @Test
    void commentsOfAnEventStreamAreNoInterest() throws Exception {
        try (RawClient moving = stream(TestProxy.HOST, "/download?x", BROWSER);
                RawClient beating = stream(IDLE, "/events?:_still_here", BROWSER)) {
            keepsAwake(3);
            assertThat(moving.socket().isConnected()).isTrue();
            assertThat(new String(RawClient.readChunk(beating.in()))).startsWith(":");
        }
        assertThat(asked("/health-2")).hasValue(0);
    }

    @Test
    void aBodyOnItsWayKeepsTheMachineAwake() throws Exception {
        try (RawClient client = proxy.client()
                .send("POST / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 1000000\r\n\r\n")) {
            int before = asked("/health-1").get();
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                client.send("x");
                return asked("/health-1").get() >= before + 3;
            });
        }
    }

    @Test
    void messagesOfAWebSocketAreInterestAndHeartbeatsAreNot() throws Exception {
        try (RawClient talking = webSocket(TestProxy.HOST);
                RawClient beating = webSocket(IDLE)) {
            int before = asked("/health-1").get();
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                talking.send(text("hello"));
                for (String beat : new String[] {"2", "{\"type\":\"ping\"}", "{\"event\":\"ping\",\"tree\":[\"\"]}"}) {
                    beating.send(text(beat));
                }
                beating.send(WebSockets.frame(WebSockets.PING, new byte[] {1, 2}, true));
                assertThat(WebSockets.read(beating.in()).text()).isEqualTo("2");
                for (int i = 0; i < 3; i++) {
                    WebSockets.read(beating.in());
                }
                return asked("/health-1").get() >= before + 3;
            });
        }
        assertThat(asked("/health-2")).hasValue(0);
    }

    private static byte[] text(String text) {
        return WebSockets.frame(WebSockets.TEXT, text.getBytes(StandardCharsets.UTF_8), true);
    }

    private RawClient webSocket(String host) throws IOException {
        RawClient client = proxy.client().send(WebSockets.handshake(host, "/ws"));
        assertThat(client.head()).startsWith("HTTP/1.1 101");
        return client;
    }

    @Test
    void neitherBotsNorStreamsPastTheLimitKeepAMachineAwake() throws Exception {
        try (RawClient person = stream(TestProxy.HOST, "/download?x", BROWSER);
                RawClient bot = stream(IDLE, "/download?x", "User-Agent: somebot/1.0")) {
            keepsAwake(3);
            assertThat(person.socket().isConnected()).isTrue();
            assertThat(new String(RawClient.readChunk(bot.in()))).startsWith("x");
        }
        assertThat(asked("/health-2")).hasValue(0);

        open(settings -> settings.keepAwake(Duration.ZERO));
        int before = asked("/health-1").get();
        try (RawClient late = stream(TestProxy.HOST, "/download?x", BROWSER)) {
            for (int i = 0; i < 500; i++) {
                assertThat(late.in().read()).isNotNegative();
            }
        }
        assertThat(asked("/health-1").get()).isEqualTo(before);
    }

    @Test
    void aMachineThatWasPutToSleepIsNotAsked() throws Exception {
        try (RawClient moving = stream(TestProxy.HOST, "/download?x", BROWSER)) {
            keepsAwake(1);
            waker.asleep("dm-1");
            int settled = asked("/health-1").get();
            for (int i = 0; i < 300; i++) {
                assertThat(moving.in().read()).isNotNegative();
            }
            // One may have been on its way.
            assertThat(asked("/health-1").get()).isLessThanOrEqualTo(settled + 1);
        }
    }
}
