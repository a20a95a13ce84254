package io.jenkins.plugins.dedalus.preview.command;

/** Counts a command's output against the most that is handed on. */
public final class OutputMeter {
    private final long limit;
    private long bytes;

    public OutputMeter(long limit, long bytesBefore) {
        this.limit = limit;
        this.bytes = bytesBefore;
    }

    /** The part of a piece that may still be handed on: all of it, or its begin. */
    public String admit(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            bytes += size(piece.charAt(i));
            if (bytes >= limit) {
                return piece.substring(0, i);
            }
        }
        return piece;
    }

    /** Whether nothing further is handed on. */
    public boolean full() {
        return bytes >= limit;
    }

    long bytes() {
        return bytes;
    }

    /** For people, once. */
    public String sentence(String what) {
        return "The output of " + what + " is longer than " + limit / 1_000_000
                + " MB: the rest is not shown here. It goes on running.";
    }

    /** In UTF-8; each half of a surrogate pair counts half of it. */
    private static int size(char c) {
        if (c < 0x80) {
            return 1;
        }
        return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
}
