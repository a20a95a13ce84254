package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever frames the two ends speak, sound or not, pass byte for byte: judging them is the ends' affair. */
class WebSocketFramesTest {
    private RawUpstream upstream;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        // Not frames but bytes come back, so that nothing here can repair one.
        upstream = new RawUpstream((request, out) -> {
            RawUpstream.write(
                    out,
                    WebSockets.accept(
                            request, "Sec-WebSocket-Extensions: " + request.header("Sec-WebSocket-Extensions")));
            byte[] buffer = new byte[16 * 1024];
            int read = request.in().read(buffer);
            while (read >= 0) {
                out.write(buffer, 0, read);
                out.flush();
                read = request.in().read(buffer);
            }
        });
        proxy = TestProxy.awake(upstream);
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private RawClient open() throws Exception {
        RawClient client = proxy.client();
        client.send(WebSockets.handshake(
                TestProxy.HOST, "/", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=15"));
        String head = client.head();
        assertThat(head).startsWith("HTTP/1.1 101");
        assertThat(head).contains("permessage-deflate; client_max_window_bits=15");
        return client;
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static byte[] sized(int first, int size) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        if (size < 126) {
            frame.write(0x80 | size);
        } else if (size < 65_536) {
            frame.writeBytes(new byte[] {(byte) 0xfe, (byte) (size >> 8), (byte) size});
        } else {
            frame.writeBytes(new byte[] {
                (byte) 0xff, 0, 0, 0, 0, (byte) (size >> 24), (byte) (size >> 16), (byte) (size >> 8), (byte) size
            });
        }
        byte[] rest = new byte[4 + size];
        new Random(size).nextBytes(rest);
        frame.writeBytes(rest);
        return frame.toByteArray();
    }

    private static byte[] repeated(byte[] frame, int times) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            all.writeBytes(frame);
        }
        return all.toByteArray();
    }

    static Stream<Arguments> frames() {
        String mask = "01020304";
        return Stream.of(
                Arguments.of("empty text", hex("81 80" + mask)),
                Arguments.of("lengths around the first limit", repeated(sized(0x82, 125), 1)),
                Arguments.of("126 bytes", sized(0x82, 126)),
                Arguments.of("127 bytes", sized(0x82, 127)),
                Arguments.of("65,535 bytes", sized(0x82, 65_535)),
                Arguments.of("65,536 bytes", sized(0x82, 65_536)),
                Arguments.of("a length of 64 bits where 7 would do", hex("82 ff 0000000000000002" + mask + "0000")),
                Arguments.of("a length of 16 bits where 7 would do", hex("82 fe 0001" + mask + "00")),
                Arguments.of("pings with and without payload", hex("89 80" + mask + "89 82" + mask + "aabb")),
                Arguments.of("a ping of 126 bytes, which is none", sized(0x89, 126)),
                Arguments.of("a fragmented ping, which is none", hex("09 80" + mask)),
                Arguments.of("pongs that nobody asked for", hex("8a 80" + mask + "8a 81" + mask + "00")),
                Arguments.of("a flood of pings", repeated(hex("89 82" + mask + "aabb"), 5000)),
                Arguments.of("reserved bits", hex("c1 80" + mask + "a1 80" + mask + "91 80" + mask + "f2 80" + mask)),
                Arguments.of(
                        "reserved opcodes", hex("83 80" + mask + "87 80" + mask + "8b 80" + mask + "8f 80" + mask)),
                Arguments.of("a text in fragments", hex("01 81" + mask + "41 00 81" + mask + "42 80 81" + mask + "43")),
                Arguments.of(
                        "a ping between fragments", hex("01 81" + mask + "41 89 80" + mask + "80 81" + mask + "42")),
                Arguments.of("a continuation of nothing", hex("80 81" + mask + "41")),
                Arguments.of("a text within a text", hex("01 81" + mask + "41 81 81" + mask + "42")),
                Arguments.of("text that is no UTF-8", hex("81 82" + mask + "c1ac")),
                Arguments.of("half a code point at a fragment's end", hex("01 81" + mask + "cf 80 81" + mask + "b8")),
                Arguments.of("frames without a mask", hex("81 03 414243")),
                Arguments.of("a compressed message", hex("c1 87" + mask + "f248cdc9c90700")),
                Arguments.of("close 1000 with a reason", hex("88 86" + mask + "03e8 62796521")),
                Arguments.of("close without a code", hex("88 80" + mask)),
                Arguments.of("close with one byte", hex("88 81" + mask + "03")),
                Arguments.of("close codes that are none", hex("88 82" + mask + "03ed 88 82" + mask + "0000")),
                Arguments.of("close 4999", hex("88 82" + mask + "1387")),
                Arguments.of("data behind a close", hex("88 82" + mask + "03e8 81 81" + mask + "41")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void passBothWaysAsTheyAre(String what, byte[] frames) throws Exception {
        try (RawClient client = open()) {
            client.send(frames);

            assertThat(client.in().readNBytes(frames.length)).isEqualTo(frames);
        }
        await().until(() -> upstream.openConnections() == 0);
    }

    @Test
    void inWhateverPiecesTheyCome() throws Exception {
        byte[] frames = repeated(hex("01 81 01020304 41 89 80 01020304 80 fe 0002 01020304 4243"), 20);
        try (RawClient client = open()) {
            InputStream in = client.in();
            for (byte one : frames) {
                client.send(new byte[] {one});
                assertThat(in.read()).isEqualTo(one & 0xff);
            }
        }
    }

    @Test
    void aLengthBeyondAllBoundsHoldsNothingUp() throws Exception {
        byte[] head = hex("82 ff 7fffffffffffffff 01020304");
        try (RawClient client = open()) {
            client.send(head);
            client.send(new byte[100_000]);

            assertThat(client.in().readNBytes(head.length + 100_000)).hasSize(head.length + 100_000);
        }
        await().until(() -> proxy.metrics.tunnels.get() == 0);
    }
}
