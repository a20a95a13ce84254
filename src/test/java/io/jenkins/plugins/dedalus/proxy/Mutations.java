package io.jenkins.plugins.dedalus.proxy;

import java.util.List;
import java.util.Random;

/** Messages that are nearly sound, each following from its seed; {@code bench/fuzz} tries more of them. */
final class Mutations {
    static final long SEED = Long.getLong("dedalus.fuzz.seed", 20261127);

    private static final List<String> PIECES = List.of(
            "\r\n",
            "\n",
            "\r",
            "\0",
            " ",
            "\t",
            ":",
            ",",
            ";",
            "\"",
            "0\r\n\r\n",
            "Content-Length: 3\r\n",
            "Content-Length: 03\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding:\u000bchunked\r\n",
            "transfer-encoding : chunked\r\n",
            "Host: other.example.net\r\n",
            "Connection: close\r\n",
            "GET /smuggled-#ID HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "ffffffff",
            "10000000000000005",
            "-1",
            "\u00ff");

    private Mutations() {}

    /** How many cases to try: so many in every check, more if somebody asks for more. */
    static int cases(int usual) {
        return Integer.getInteger("dedalus.fuzz.cases", usual);
    }

    /** The sound message with one to three bytes, pieces or lines changed, doubled, lost or put in. */
    static String of(String sound, Random random) {
        StringBuilder text = new StringBuilder(sound);
        for (int i = random.nextInt(3) + 1; i > 0; i--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(4));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.setCharAt(at, (char) random.nextInt(256));
                case 3 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                default -> {
                    int line = text.indexOf("\r\n", at);
                    text.insert(line < 0 ? at : line + 2, PIECES.get(random.nextInt(PIECES.size())));
                }
            }
        }
        return text.toString();
    }

    /** The sound bytes with one to three of them, or short runs, changed, doubled, lost or put in. */
    static byte[] of(byte[] sound, Random random) {
        byte[] bytes = sound;
        for (int i = random.nextInt(3) + 1; i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            int end = Math.min(bytes.length, at + 1 + random.nextInt(9));
            byte[] run = java.util.Arrays.copyOfRange(bytes, at, end);
            switch (random.nextInt(5)) {
                case 0 -> bytes = spliced(bytes, at, end, new byte[0]);
                case 1 -> bytes = spliced(bytes, at, at, run);
                case 2 -> bytes = spliced(bytes, at, at + 1, new byte[] {(byte) random.nextInt(256)});
                case 3 -> bytes = spliced(bytes, at, at + 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
                default -> {
                    random.nextBytes(run);
                    bytes = spliced(bytes, at, at, run);
                }
            }
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] put) {
        byte[] all = new byte[bytes.length - (to - from) + put.length];
        System.arraycopy(bytes, 0, all, 0, from);
        System.arraycopy(put, 0, all, from, put.length);
        System.arraycopy(bytes, to, all, from + put.length, bytes.length - to);
        return all;
    }
}
