package io.jenkins.plugins.dedalus.preview.command;

import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.Page;
import io.jenkins.plugins.dedalus.preview.ledger.OutputPosition;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Makes whole lines of an execution's events, and knows at any time a position from which another follower gives exactly the
 * lines that are missing. Holds no output longer than until its line is complete.
 */
public final class OutputFollower {
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
    private final OutputMeter meter;
    private long safeBytes;

    /** @param limit most bytes to hand on, about; what comes after is left out */
    public OutputFollower(OutputPosition from, long limit, Consumer<String> lines) {
        this.lines = lines;
        this.readCursor = from.cursor();
        this.safeCursor = from.cursor();
        this.seen = from.sequence();
        this.safeSequence = from.sequence();
        this.skip = from.lines();
        this.meter = new OutputMeter(limit, from.bytes());
        this.safeBytes = from.bytes();
    }

    /** Whether nothing further is handed on, so that nothing need be read. */
    public boolean full() {
        return meter.full();
    }

    public OutputMeter meter() {
        return meter;
    }

    public String cursor() {
        return readCursor;
    }

    /**
     * Hands on what is new, as long as there is room; what is left then comes with the next page.
     *
     * @return whether there was anything new, or there may be on the next page
     */
    public boolean accept(Page<ExecutionEvent> page, BooleanSupplier room) {
        boolean news = false;
        for (ExecutionEvent event : page.items()) {
            if (event.sequence() <= seen) {
                continue;
            }
            if (news && !room.getAsBoolean()) {
                return true;
            }
            news = true;
            seen = event.sequence();
            if (event.chunk() != null && event.stdout()) {
                append(stdout, meter.admit(event.chunk()));
            } else if (event.chunk() != null && event.stderr()) {
                append(stderr, meter.admit(event.chunk()));
            }
            if (stdout.isEmpty() && stderr.isEmpty()) {
                safeSequence = seen;
                safeBytes = meter.bytes();
                linesSinceSafe = 0;
            }
            if (meter.full()) {
                break;
            }
        }
        if (page.nextCursor() != null) {
            // After a restart a whole page may be known already.
            news |= !page.items().isEmpty() && !page.nextCursor().equals(readCursor);
            readCursor = page.nextCursor();
        }
        if (safeSequence == seen) {
            safeCursor = readCursor;
        }
        return news;
    }

    /** The execution ended: what has no line end is a line too. */
    public void finish() {
        flush(stdout);
        flush(stderr);
    }

    public OutputPosition position() {
        return new OutputPosition(
                safeCursor, safeSequence, linesSinceSafe + skip, meter.full() ? meter.bytes() : safeBytes);
    }

    private void append(StringBuilder line, String chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            char c = chunk.charAt(i);
            if (c == '\n') {
                emit(line);
            } else {
                line.append(c);
                if (line.length() >= LONGEST_LINE && !Character.isHighSurrogate(c)) {
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
