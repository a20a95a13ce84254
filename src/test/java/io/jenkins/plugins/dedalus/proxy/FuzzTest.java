package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Mutated heads and chunks, sent by a viewer or answered by an app, with a strict app behind that notes what arrives. Each
 * case follows from its seed, which the failure names. No request becomes two, nothing crashes or hangs, and the log is quiet.
 */
class FuzzTest {
    private static final int CASES = Mutations.cases(400);
    private static final long SEED = Mutations.SEED;

    private static final List<String> SEEDS = List.of(
            "GET /#ID HTTP/1.1\r\nHost: HOST\r\nX-A: b\r\n\r\n",
            "POST /#ID HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\nhello",
            "POST /#ID HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\n\r\n",
            "PUT /#ID HTTP/1.1\r\nHost: HOST\r\nConnection: keep-alive, X-B\r\nX-B: c\r\nContent-Length: 0\r\n\r\n",
            "GET http://HOST/#ID HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "POST /#ID HTTP/1.1\r\nHost: HOST\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
            "GET /#ID HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n");

    static final List<String> ANSWERS = List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 None\r\nX-A: b\r\n\r\n",
            "HTTP/1.1 304 Same\r\nETag: \"x\"\r\n\r\n",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok");

    /** Reads until the router closes, or has said all it will; it must do so by itself or let itself be closed. */
    private static String exchange(TestProxy proxy, String bytes) throws IOException {
        StringBuilder read = new StringBuilder();
        try (RawClient client = proxy.client()) {
            client.send(bytes);
            client.socket().shutdownOutput();
            client.socket().setSoTimeout(60_000);
            int c = client.in().read();
            while (c >= 0) {
                read.append((char) c);
                c = client.in().read();
            }
        } catch (SocketTimeoutException e) {
            return "HANG " + read;
        } catch (SocketException e) {
            return read + "RESET";
        }
        return read.toString();
    }

    @Test
    void noRequestBecomesTwo() throws Exception {
        try (LoudLog log = new LoudLog();
                StrictApp app = new StrictApp();
                TestProxy proxy = app.proxy()) {
            for (int i = 0; i < CASES; i++) {
                Random random = new Random(SEED + i);
                String request = Mutations.of(SEEDS.get(random.nextInt(SEEDS.size())), random)
                        .replace("HOST", TestProxy.HOST)
                        .replace("#ID", "r" + i);
                app.arrived().clear();

                String answer = exchange(proxy, request);

                String what = "seed " + (SEED + i) + ": " + request + "\n->\n" + answer;
                assertThat(answer).as(what).doesNotStartWith("HANG");
                assertThat(app.wrong()).as(what).isEmpty();
                // A whole request in the middle of another is one of the viewer's own; then both are answered.
                String own = "/r" + i;
                String smuggled = "/smuggled-r" + i;
                long asked = app.arrived().stream()
                        .filter(target -> target.startsWith(own) || target.equals(smuggled))
                        .distinct()
                        .count();
                long answers = Pattern.compile("HTTP/1\\.[01] [2-5]")
                        .matcher(answer)
                        .results()
                        .count();
                assertThat(asked).as(what).isLessThanOrEqualTo(Math.max(1, answers));
                assertThat(app.arrived().stream()
                                .filter(t -> t.equals(smuggled))
                                .count())
                        .as(what)
                        .isLessThanOrEqualTo(request.contains("GET " + smuggled) ? 1 : 0);
            }
            assertThat(proxy.get("/alive").status()).isEqualTo(200);
            assertThat(log.loud()).isEmpty();
        }
    }

    @Test
    void noAnswerIsSomebodyElses() throws Exception {
        try (LoudLog log = new LoudLog();
                StrictApp app = new StrictApp();
                TestProxy proxy = app.proxy()) {
            for (int i = 0; i < CASES; i++) {
                Random random = new Random(SEED + i);
                app.answer = Mutations.of(ANSWERS.get(random.nextInt(ANSWERS.size())), random);
                String get = (i % 7 == 0 ? "HEAD" : "GET") + " /a" + i + " HTTP/1.1\r\nHost: " + TestProxy.HOST
                        + "\r\nConnection: close\r\n\r\n";
                String answer = exchange(proxy, get);
                assertThat(answer)
                        .as("seed " + (SEED + i) + ": " + app.answer + "\n->\n" + answer)
                        .doesNotStartWith("HANG");
                app.answer = StrictApp.SOUND;
                RawClient.Response next = proxy.get("/next");
                assertThat(next.status()).as("after seed " + (SEED + i)).isEqualTo(200);
                assertThat(next.text()).as("after seed " + (SEED + i)).isEqualTo("ok");
            }
            assertThat(log.loud()).isEmpty();
            assertThat(app.wrong()).isEmpty();
        }
    }
}
