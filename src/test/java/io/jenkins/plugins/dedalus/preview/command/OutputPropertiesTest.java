package io.jenkins.plugins.dedalus.preview.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.Page;
import io.jenkins.plugins.dedalus.preview.ledger.OutputPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text, cut anywhere into events and pages, followed by any number of followers one after the other: the same lines. */
class OutputPropertiesTest {
    private static final int SEEDS = 400;
    private static final String[] PIECES = {
        "a", "b c", "\n", "\n", "\r\n", "\r", "\t", "é", "😀", "\u0000", "\uD83D", "x".repeat(9_000), "\n\n"
    };

    static LongStream seeds() {
        return LongStream.range(0, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyCutAndAnyResumeGiveTheSameLines(long seed) {
        Random random = new Random(seed);
        List<ExecutionEvent> events = cut(text(random), text(random), random);
        List<String> whole = new ArrayList<>();
        OutputFollower once = new OutputFollower(OutputPosition.START, Long.MAX_VALUE, whole::add);
        once.accept(new Page<>(events, null), () -> true);
        once.finish();

        List<String> resumed = new ArrayList<>();
        OutputPosition position = OutputPosition.START;
        boolean over = false;
        for (int most = 1; !over; most++) {
            OutputFollower next = new OutputFollower(position, Long.MAX_VALUE, resumed::add);
            int pages = 1 + random.nextInt(most);
            for (int i = 0; i < pages && !over; i++) {
                Page<ExecutionEvent> page = page(events, next.cursor(), 1 + random.nextInt(5));
                next.accept(page, () -> true);
                over = page.nextCursor() == null;
            }
            if (over) {
                next.finish();
            }
            position = next.position();
        }
        assertThat(resumed).as("seed %d", seed).isEqualTo(whole);
    }

    private static String text(Random random) {
        StringBuilder all = new StringBuilder();
        int count = random.nextInt(30);
        for (int i = 0; i < count; i++) {
            all.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return all.toString();
    }

    private static List<ExecutionEvent> cut(String out, String err, Random random) {
        List<ExecutionEvent> events = new ArrayList<>();
        int fromOut = 0;
        int fromErr = 0;
        while (fromOut < out.length() || fromErr < err.length()) {
            boolean error = fromOut == out.length() || (fromErr < err.length() && random.nextBoolean());
            String text = error ? err : out;
            int from = error ? fromErr : fromOut;
            int to = from + 1 + random.nextInt(text.length() - from);
            events.add(event(events.size() + 1, error ? "stderr" : "stdout", text.substring(from, to)));
            fromOut = error ? fromOut : to;
            fromErr = error ? to : fromErr;
        }
        events.add(event(events.size() + 1, "lifecycle", null));
        return events;
    }

    private static ExecutionEvent event(long sequence, String type, String chunk) {
        return new ExecutionEvent(sequence, type, Instant.EPOCH, chunk, null, null, null, null, null);
    }

    /** Events after a cursor; the last page has none to go on from. */
    private static Page<ExecutionEvent> page(List<ExecutionEvent> events, String cursor, int size) {
        int from = cursor == null ? 0 : Integer.parseInt(cursor);
        int to = Math.min(events.size(), from + size);
        return new Page<>(events.subList(from, to), to == events.size() ? null : Integer.toString(to));
    }
}
