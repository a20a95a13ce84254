package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.io.FrameTracker;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which WebSocket frames say something. */
class HeartbeatsTest {
    private static boolean isMessage(byte[] frames, int piece) {
        FrameTracker tracker = new FrameTracker();
        boolean message = false;
        for (int at = 0; at < frames.length; at += piece) {
            tracker.follow(
                    Buffer.buffer(java.util.Arrays.copyOfRange(frames, at, Math.min(frames.length, at + piece))));
            message |= tracker.message();
        }
        assertThat(tracker.atBoundary()).isTrue();
        return message;
    }

    private static byte[] text(String text, boolean masked) {
        return WebSockets.frame(WebSockets.TEXT, text.getBytes(StandardCharsets.UTF_8), masked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2",
                "3",
                "h",
                "\n",
                "ping",
                "{\"type\":\"ping\"}",
                "{\"type\":\"ping\",\"message\":1700000000}",
                "{\"event\":\"ping\",\"tree\":[\"\",{\"children\":[\"page\",{}]}],\"appDirRoute\":true}",
                "{\"type\":\"ka\"}",
                "{\"type\":6}\u001e",
                "[null,\"12\",\"phoenix\",\"heartbeat\",{}]"
            })
    void heartbeatsAreKnownHoweverTheyAreCut(String beat) {
        for (boolean masked : new boolean[] {true, false}) {
            for (int piece : new int[] {1, 2, 3, 7, 1000}) {
                assertThat(isMessage(text(beat, masked), piece)).as(beat).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "l",
                "22",
                "hello",
                "{\"type\":\"message\",\"text\":\"ping\"}",
                "{\"text\":\"ping\"}",
                "{\"type\":\"pinging\"}",
                "[\"phoenix\",\"heart\"]",
                "4[\"chat\"]"
            })
    void everythingElseIsAMessage(String said) {
        for (int piece : new int[] {1, 3, 1000}) {
            assertThat(isMessage(text(said, true), piece)).as(said).isTrue();
        }
    }

    @Test
    void whatCannotBeReadIsAMessageAndControlFramesAreNone() {
        byte[] compressed = text("2", false);
        compressed[0] |= 0x40;
        byte[] unfinished = text("2", false);
        unfinished[0] &= 0x7f;
        byte[] last = WebSockets.frame(0, "2".getBytes(StandardCharsets.UTF_8), false);
        assertThat(isMessage(compressed, 1)).isTrue();
        assertThat(isMessage(unfinished, 1)).isTrue();
        assertThat(isMessage(last, 1)).isTrue();
        assertThat(isMessage(WebSockets.frame(WebSockets.BINARY, new byte[] {2, (byte) 0x91, 6}, true), 2))
                .isFalse();
        assertThat(isMessage(WebSockets.frame(WebSockets.BINARY, new byte[] {2, (byte) 0x91, 7}, true), 2))
                .isTrue();
        assertThat(isMessage(text("{\"type\":\"ping\",\"x\":\"" + "x".repeat(600) + "\"}", true), 100))
                .as("too much to be one")
                .isTrue();
        for (int control : new int[] {WebSockets.CLOSE, WebSockets.PING, WebSockets.PONG}) {
            assertThat(isMessage(WebSockets.frame(control, new byte[] {3, (byte) 0xe9}, true), 1))
                    .isFalse();
        }
        assertThat(isMessage(WebSockets.frame(WebSockets.TEXT, new byte[0], true), 1))
                .isFalse();
    }
}
