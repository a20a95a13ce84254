package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.Page;
import java.util.function.Consumer;

/**
 * Makes whole lines of an execution's events, and knows at any time a position from which another follower gives exactly the
 * lines that are missing. Holds no output longer than until its line is complete.
 */
final class OutputFollower {
    /** A line longer than this is handed on in pieces; counted from the line's begin, so the same after a restart. */
    private static final int LONGEST_LINE = 16 * 1024;

    private final Consumer<String> lines;
    private final StringBuilder stdout = new StringBuilder();
    private final StringBuilder stderr = new StringBuilder();
    private String readCursor;
    private String safeCursor;
    private long seen;
    private long safeSequence;
    private int linesSinceSafe;
    private int skip;

    OutputFollower(OutputPosition from, Consumer<String> lines) {
        this.lines = lines;
        this.readCursor = from.cursor();
        this.safeCursor = from.cursor();
        this.seen = from.sequence();
        this.safeSequence = from.sequence();
        this.skip = from.lines();
    }

    String cursor() {
        return readCursor;
    }

    /** Hands on what is new; true if anything was. */
    boolean accept(Page<ExecutionEvent> page) {
        boolean news = false;
        for (ExecutionEvent event : page.items()) {
            if (event.sequence() <= seen) {
                continue;
            }
            news = true;
            seen = event.sequence();
            if (event.chunk() != null && event.stdout()) {
                append(stdout, event.chunk());
            } else if (event.chunk() != null && event.stderr()) {
                append(stderr, event.chunk());
            }
            if (stdout.isEmpty() && stderr.isEmpty()) {
                safeSequence = seen;
                linesSinceSafe = 0;
            }
        }
        if (page.nextCursor() != null) {
            readCursor = page.nextCursor();
        }
        if (safeSequence == seen) {
            safeCursor = readCursor;
        }
        return news;
    }

    /** The execution ended: what has no line end is a line too. */
    void finish() {
        flush(stdout);
        flush(stderr);
    }

    OutputPosition position() {
        return new OutputPosition(safeCursor, safeSequence, linesSinceSafe);
    }

    private void append(StringBuilder line, String chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            char c = chunk.charAt(i);
            if (c == '\n') {
                emit(line);
            } else {
                line.append(c);
                if (line.length() >= LONGEST_LINE) {
                    emit(line);
                }
            }
        }
    }

    private void flush(StringBuilder line) {
        if (!line.isEmpty()) {
            emit(line);
        }
    }

    private void emit(StringBuilder line) {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        linesSinceSafe++;
        if (skip > 0) {
            skip--;
        } else {
            lines.accept(line.toString());
        }
        line.setLength(0);
    }
}
