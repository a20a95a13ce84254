package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * As {@link FuzzTest}, for tunnels: whatever passes for WebSocket frames, in whatever pieces, arrives as it was sent, both ways,
 * and is never taken for a request; and a router that stops gets rid of every tunnel, wherever its frames stand.
 */
class WebSocketFuzzTest {
    private static final int CASES = Mutations.cases(150);
    /** Open at once when the router stops. */
    private static final int LEFT_OPEN = 50;

    private static byte[] conversation() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(WebSockets.frame(WebSockets.TEXT, "hello".getBytes(StandardCharsets.US_ASCII), true));
        out.writeBytes(WebSockets.frame(WebSockets.PING, new byte[0], true));
        out.writeBytes(WebSockets.frame(WebSockets.BINARY, new byte[300], true));
        out.writeBytes(WebSockets.frame(
                WebSockets.TEXT,
                ("GET /hidden HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII),
                true));
        out.writeBytes(WebSockets.close(1000, true));
        return out.toByteArray();
    }

    /** Accepts, and sends every byte back. */
    private static RawUpstream mirror() throws IOException {
        return new RawUpstream((request, out) -> {
            RawUpstream.write(out, WebSockets.accept(request));
            byte[] bytes = new byte[512];
            int read = request.in().read(bytes);
            while (read >= 0) {
                out.write(bytes, 0, read);
                out.flush();
                read = request.in().read(bytes);
            }
            request.socket().close();
        });
    }

    private static void sendInPieces(RawClient client, byte[] bytes, Random random) throws IOException {
        int at = 0;
        while (at < bytes.length) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(bytes.length));
            client.send(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
    }

    @Test
    void tunnelsCarryWhatTheyGetAndEnd() throws Exception {
        List<RawClient> open = new ArrayList<>();
        try (LoudLog log = new LoudLog();
                RawUpstream upstream = mirror()) {
            TestProxy proxy = TestProxy.awake(upstream);
            try {
                for (int i = 0; i < CASES; i++) {
                    Random random = new Random(Mutations.SEED + i);
                    byte[] bytes = Mutations.of(conversation(), random);
                    RawClient client = proxy.client();
                    open.add(client);
                    client.send(WebSockets.handshake(TestProxy.HOST, "/" + i));
                    assertThat(client.head()).startsWith("HTTP/1.1 101");

                    sendInPieces(client, bytes, random);

                    assertThat(client.in().readNBytes(bytes.length))
                            .as("seed " + (Mutations.SEED + i))
                            .isEqualTo(bytes);
                    if (open.size() > LEFT_OPEN) {
                        open.remove(0).close();
                    }
                }
                assertThat(upstream.requests()).hasSize(CASES);
                assertThat(upstream.requests())
                        .noneMatch(request -> request.target().equals("/hidden"));
            } finally {
                proxy.close();
            }
            for (RawClient client : open) {
                endsWithAFarewellOrNothing(client.in());
            }
            await().until(() -> upstream.openConnections() == 0);
            assertThat(log.loud()).isEmpty();
        } finally {
            for (RawClient client : open) {
                client.close();
            }
        }
    }

    /** Between two frames a good-bye (1001) may be put in; within one there is no place for it. */
    private static void endsWithAFarewellOrNothing(InputStream in) throws IOException {
        try {
            byte[] rest = in.readAllBytes();
            assertThat(rest.length).isIn(0, 4);
            if (rest.length == 4) {
                assertThat(rest).containsExactly(0x88, 2, 0x03, 0xe9);
            }
        } catch (java.net.SocketException e) {
            // Cut is an end as well.
        }
    }
}
