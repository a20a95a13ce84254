package io.jenkins.plugins.dedalus.preview.ledger;

import io.jenkins.plugins.dedalus.preview.ledger.LedgerFormat.Stored;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The ledger's records in memory. A change costs the same whatever their number; the sorted lists are made when somebody asks
 * and kept until the next change. Thread-safe; readers of a single record wait for nobody.
 */
final class LedgerIndex {
    private static final Logger LOGGER = Logger.getLogger(LedgerIndex.class.getName());

    private final ConcurrentSkipListMap<String, Stored> records = new ConcurrentSkipListMap<>();
    private final List<LedgerListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong version = new AtomicLong();
    /** Null after a change. */
    private volatile View view;

    /** The records at one moment, by id. */
    private record View(List<PreviewRecord> open, List<PreviewRecord> closed) {}

    Stored get(String id) {
        return records.get(id);
    }

    List<PreviewRecord> open() {
        return view().open();
    }

    List<PreviewRecord> closed() {
        return view().closed();
    }

    /** Grows with every change but of how far a script's output was read. */
    long version() {
        return version.get();
    }

    synchronized void put(String id, Stored stored) {
        changed(records.put(shared(id, stored), stored), stored);
    }

    synchronized void remove(String id) {
        changed(records.remove(id), null);
    }

    /** Holds these and nothing else from now on; no listener hears of it. */
    synchronized void replace(Map<String, Stored> all) {
        all.forEach((id, stored) -> records.put(shared(id, stored), stored));
        records.keySet().retainAll(all.keySet());
        view = null;
    }

    /**
     * Tells the listener of every record there is, as if it were new, then of every change.
     *
     * @return ends it
     */
    synchronized Runnable listen(LedgerListener listener) {
        records.values().forEach(stored -> tell(listener, null, stored.record()));
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Mostly the label is the id: one object then does for both. */
    private static String shared(String id, Stored stored) {
        String label = stored.record().label();
        return label.equals(id) ? label : id;
    }

    private void changed(Stored before, Stored after) {
        if (before == null && after == null) {
            return;
        }
        PreviewRecord was = before == null ? null : before.record();
        PreviewRecord is = after == null ? null : after.record();
        view = null;
        if (was == null || is == null || !is.sameButOutput(was)) {
            version.incrementAndGet();
        }
        listeners.forEach(listener -> tell(listener, was, is));
    }

    private static void tell(LedgerListener listener, PreviewRecord before, PreviewRecord after) {
        try {
            listener.changed(before, after);
        } catch (RuntimeException e) {
            // What is written is written: whoever can't follow must not look like a full disk to the writer.
            LOGGER.log(
                    Level.WARNING,
                    "A change of preview "
                            + Optional.ofNullable(after).orElse(before).key().id() + " was not followed.",
                    e);
        }
    }

    private View view() {
        View now = view;
        return now == null ? fresh() : now;
    }

    private synchronized View fresh() {
        View now = view;
        if (now == null) {
            List<PreviewRecord> open = new ArrayList<>();
            List<PreviewRecord> closed = new ArrayList<>();
            for (Stored stored : records.values()) {
                (stored.record().state() == PreviewState.CLOSED ? closed : open).add(stored.record());
            }
            now = new View(Collections.unmodifiableList(open), Collections.unmodifiableList(closed));
            view = now;
        }
        return now;
    }
}
