package io.jenkins.plugins.dedalus.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.ByteBudget;
import io.jenkins.plugins.dedalus.client.call.Calls;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.call.Transport;
import io.jenkins.plugins.dedalus.client.call.Wire;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.Page;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;

/**
 * Reads an execution's events in pages that never take much memory, however much the command prints: as many events as fit,
 * and a single one that doesn't fit is replaced by a line that says so. Not thread-safe.
 */
public final class EventReader {

    /** The largest page, in bytes of JSON. */
    public static final int LARGEST_PAGE = 1024 * 1024;

    /** Answers up to this size are free. */
    private static final int SMALL = 64 * 1024;

    private static final long LARGEST_SKIPPED = 256L * 1024 * 1024;
    private static final int FIRST_LIMIT = 32;
    private static final int HIGHEST_LIMIT = 500;
    private static final int STEP = 4;

    private final Calls calls;
    private final ApiRequest events;
    private final ByteBudget budget;
    private int limit = FIRST_LIMIT;
    private boolean full;

    EventReader(Calls calls, ApiRequest events, ByteBudget budget) {
        this.calls = calls;
        this.events = events;
        this.budget = budget;
    }

    /** What came of a try; without a page it was too large, or there was no memory for it. */
    private record Outcome(Page<ExecutionEvent> page, long bytes, boolean busy) {}

    /**
     * Reads from a cursor on; several calls if the events are large.
     *
     * @param cursor a previous page's {@code nextCursor}; null: from the start
     * @return empty while others use up the budget: to be tried again shortly
     */
    public Optional<Page<ExecutionEvent>> read(String cursor, RequestOptions options) {
        ApiRequest from = events.withQuery("cursor", cursor);
        while (true) {
            int asked = limit;
            Outcome outcome = calls.exchange(from.withQuery("limit", asked), calls.scope(options), this::readWhole);
            if (outcome.busy()) {
                return Optional.empty();
            }
            if (outcome.page() != null) {
                adapt(asked, outcome);
                return Optional.of(outcome.page());
            }
            if (asked == 1) {
                Page<ExecutionEvent> page = calls.exchange(
                        from.withQuery("limit", 1), calls.scope(options), EventReader::readWithoutOutput);
                full = true;
                return Optional.of(page);
            }
            limit = Math.max(1, asked / STEP);
        }
    }

    /** Whether the last page held as many events as were asked for, so that there are probably more. */
    public boolean full() {
        return full;
    }

    private void adapt(int asked, Outcome outcome) {
        int items = outcome.page().items().size();
        full = items >= asked;
        if (items > 0) {
            long fit = LARGEST_PAGE / 2 / Math.max(1, outcome.bytes() / items);
            limit = (int) Math.max(1, Math.min(fit, Math.min(HIGHEST_LIMIT, (long) asked * STEP)));
        }
    }

    private Outcome readWhole(Transport.Answer answer) throws IOException {
        if (!answer.body().request(SMALL + 1L)) {
            return parse(answer, SMALL);
        }
        if (!budget.take(LARGEST_PAGE)) {
            return new Outcome(null, 0, true);
        }
        try {
            return parse(answer, LARGEST_PAGE);
        } finally {
            budget.giveBack(LARGEST_PAGE);
        }
    }

    private static Outcome parse(Transport.Answer answer, int most) throws IOException {
        byte[] bytes = Json.limited(answer.body(), most);
        if (bytes == null) {
            return new Outcome(null, 0, false);
        }
        Function<JsonNode, Page<ExecutionEvent>> page = node -> Wire.page(node, Wire::event);
        return new Outcome(Json.parse(answer, bytes, page), bytes.length, false);
    }

    private static Page<ExecutionEvent> readWithoutOutput(Transport.Answer answer) throws IOException {
        Counted counted = new Counted(answer.body());
        Page<ExecutionEvent> page = Json.readWithout(
                "chunk", answer, Okio.buffer(counted).inputStream(), node -> Wire.page(node, Wire::event));
        String mark = "\n[dedalus] Output was left out here: one piece of about " + counted.bytes / 1024
                + " KiB, more than can be read at once.\n";
        return new Page<>(
                page.items().stream().map(event -> marked(event, mark)).toList(), page.nextCursor());
    }

    private static ExecutionEvent marked(ExecutionEvent event, String mark) {
        return event.stdout() || event.stderr()
                ? new ExecutionEvent(event.sequence(), event.type(), event.at(), mark, null, null, null, null, null)
                : event;
    }

    /** Counts what is read, and reads no further than anybody would wait for. */
    private static final class Counted extends ForwardingSource {
        private long bytes;

        Counted(Source from) {
            super(from);
        }

        @Override
        public long read(Buffer sink, long most) throws IOException {
            if (bytes > LARGEST_SKIPPED) {
                throw new IOException("more than " + LARGEST_SKIPPED + " bytes");
            }
            long read = super.read(sink, most);
            bytes += Math.max(0, read);
            return read;
        }
    }
}
