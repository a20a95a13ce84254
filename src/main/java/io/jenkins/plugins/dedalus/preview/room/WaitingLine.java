package io.jenkins.plugins.dedalus.preview.room;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The builds of one engine that wait for a machine, in the order in which they came. Thread-safe. */
public final class WaitingLine {
    private final Map<PreviewKey, String> waiting = new LinkedHashMap<>();
    private volatile Evictor evictor = (closed, why) -> false;

    /** Deletes what is closed, before its time is over. */
    @FunctionalInterface
    public interface Evictor {
        /** False if the record is another one by now, or an operation is under way. */
        boolean evict(PreviewRecord closed, String why);
    }

    /**
     * A place among those that wait for the same limit.
     *
     * @param number counted from 1
     * @param of how many there are
     */
    public record Place(int number, int of) {}

    /** Sets who deletes. */
    public void evictor(Evictor value) {
        evictor = value;
    }

    /** Who deletes. */
    public Evictor evictor() {
        return evictor;
    }

    /** Waits from now on, or goes on waiting, for this limit. */
    public synchronized Place join(PreviewKey key, String limit) {
        waiting.put(key, limit);
        return place(key).orElseThrow();
    }

    /** Where a preview stands; empty if it doesn't wait. */
    public synchronized Optional<Place> place(PreviewKey key) {
        String limit = waiting.get(key);
        if (limit == null) {
            return Optional.empty();
        }
        int number = 0;
        int of = 0;
        for (Map.Entry<PreviewKey, String> each : waiting.entrySet()) {
            of += each.getValue().equals(limit) ? 1 : 0;
            number = each.getKey().equals(key) ? of : number;
        }
        return Optional.of(new Place(number, of));
    }

    /** Waits no more. */
    public synchronized void leave(PreviewKey key) {
        waiting.remove(key);
    }
}
