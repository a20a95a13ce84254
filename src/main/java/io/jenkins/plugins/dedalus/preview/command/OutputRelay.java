package io.jenkins.plugins.dedalus.preview.command;

import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.Page;

/**
 * Hands on what an execution prints as it comes, in pieces and each once, until there is too much of it. Not thread-safe: one
 * page at a time.
 */
public final class OutputRelay {
    private final OutputMeter meter;
    private final String whose;
    private final OutputListener listener;
    private String cursor;
    private long sequence;

    /**
     * Begins at the beginning.
     *
     * @param limit most bytes to hand on, about; what comes after is left out
     * @param whose what prints, for the line that says so, as in "this command"
     */
    public OutputRelay(long limit, String whose, OutputListener listener) {
        this.meter = new OutputMeter(limit, 0);
        this.whose = whose;
        this.listener = listener;
    }

    /** Goes on behind a position. */
    public void resume(ExecPosition from) {
        cursor = from.cursor();
        sequence = from.sequence();
    }

    /** Another execution takes the place of the one before, and is read from its beginning. */
    public void restart() {
        cursor = null;
        sequence = 0;
    }

    /** Where the next page begins; null for the first one. */
    public String cursor() {
        return cursor;
    }

    /** Whether nothing further is handed on, so that nothing need be read. */
    public boolean full() {
        return meter.full();
    }

    /** The cursor of the page being read: events up to the sequence are skipped when it is read again. */
    public ExecPosition position(String executionId) {
        return new ExecPosition(executionId, cursor, sequence);
    }

    /**
     * Hands on what is new on a page.
     *
     * @return whether there was anything new, or there may be on the next page
     */
    public boolean accept(String executionId, Page<ExecutionEvent> page) {
        boolean news = false;
        for (ExecutionEvent event : page.items()) {
            if (event.sequence() > sequence && !meter.full()) {
                news = true;
                sequence = event.sequence();
                hand(executionId, event);
            }
        }
        if (page.nextCursor() != null) {
            // After a restart a whole page may be known already.
            news |= !page.items().isEmpty() && !page.nextCursor().equals(cursor);
            cursor = page.nextCursor();
        }
        return news;
    }

    private void hand(String executionId, ExecutionEvent event) {
        if (event.chunk() == null || !event.stdout() && !event.stderr()) {
            return;
        }
        String text = meter.admit(event.chunk());
        if (meter.full()) {
            text += "\n[dedalus] " + meter.sentence(whose) + "\n";
        }
        if (!text.isEmpty()) {
            listener.onOutput(text, event.stderr(), position(executionId));
        }
    }
}
