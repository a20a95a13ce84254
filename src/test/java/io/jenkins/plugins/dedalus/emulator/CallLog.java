package io.jenkins.plugins.dedalus.emulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The API calls that came in. Thread-safe. */
public final class CallLog {
    /** One call; {@code status} 0 means that the answer was withheld. */
    public record Call(Instant at, String method, String path, String idempotencyKey, int status) {}

    private final List<Call> calls = new ArrayList<>();

    synchronized void add(Call call) {
        calls.add(call);
    }

    /** All calls, oldest first. */
    public synchronized List<Call> list() {
        return List.copyOf(calls);
    }

    /** How many calls of a method have a path that matches the regular expression. */
    public synchronized long count(String method, String pathPattern) {
        return calls.stream()
                .filter(c -> c.method().equals(method) && c.path().matches(pathPattern))
                .count();
    }

    /** Forgets all. */
    public synchronized void clear() {
        calls.clear();
    }
}
