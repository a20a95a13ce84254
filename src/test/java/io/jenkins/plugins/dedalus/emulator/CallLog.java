package io.jenkins.plugins.dedalus.emulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The API calls that came in, whatever became of them. The control endpoints and preview URLs don't count. Thread-safe. */
public final class CallLog {
    private static final int KEPT = 100_000;
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[A-Za-z_]+}");

    /**
     * One call.
     *
     * @param at when it came in
     * @param method e.g. {@code POST}
     * @param path without the query, e.g. {@code /v1/machines/dm-1/wake}
     * @param query null where there is none
     * @param idempotencyKey null where there is none
     * @param status of the answer; 0 while there is none, and where the answer was withheld
     * @param body of the request as text, null where there is none
     */
    public record Call(
            Instant at, String method, String path, String query, String idempotencyKey, int status, String body) {}

    /** A call whose answer is still to come. */
    public final class Entry {
        private final int index;

        private Entry(int index) {
            this.index = index;
        }

        /** Notes the answer's status. */
        public void answered(int status) {
            synchronized (CallLog.this) {
                int at = index - dropped;
                if (at >= 0 && at < calls.size()) {
                    Call c = calls.get(at);
                    calls.set(
                            at,
                            new Call(c.at(), c.method(), c.path(), c.query(), c.idempotencyKey(), status, c.body()));
                }
            }
        }
    }

    private final List<Call> calls = new ArrayList<>();
    private int dropped;

    /** Notes a call. */
    public synchronized Entry add(Call call) {
        if (calls.size() >= KEPT) {
            calls.subList(0, KEPT / 2).clear();
            dropped += KEPT / 2;
        }
        calls.add(call);
        return new Entry(dropped + calls.size() - 1);
    }

    /** All calls, oldest first. */
    public synchronized List<Call> list() {
        return List.copyOf(calls);
    }

    /**
     * How many calls there were.
     *
     * @param method null counts all
     * @param pathPattern a regular expression for the whole path in which <code>{name}</code> stands for one segment, as
     *     in <code>/v1/machines/{id}/wake</code>
     */
    public long count(String method, String pathPattern) {
        return calls(method, pathPattern).size();
    }

    /** The calls that {@link #count} counts, oldest first. */
    public List<Call> calls(String method, String pathPattern) {
        Pattern path = pattern(pathPattern);
        return list().stream()
                .filter(call -> method == null || method.equals(call.method()))
                .filter(call -> path.matcher(call.path()).matches())
                .toList();
    }

    /** Forgets all. */
    public synchronized void clear() {
        dropped += calls.size();
        calls.clear();
    }

    /** The expression that a path pattern stands for. */
    public static Pattern pattern(String pathPattern) {
        return Pattern.compile(PLACEHOLDER.matcher(pathPattern).replaceAll("[^/]+"));
    }
}
