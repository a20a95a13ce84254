package io.jenkins.plugins.dedalus.preview.room;

import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.List;
import java.util.Optional;

/**
 * How many machines may be owned, and which limits a preview's machine counts for. The engine asks before each create. One
 * instance may serve several ledgers. Thread-safe.
 */
public interface MachineLimits {
    /**
     * Lets a preview have a machine if there is room.
     *
     * @param asking the preview that has none yet
     * @param intend writes down that one is being made, from when on it counts. Run at most once, before this returns, and so
     *     that nobody else's machines are counted meanwhile: two that ask at once don't both get the last place
     * @return empty if {@code intend} was run; else the limit that is full
     */
    Optional<Full> reserve(PreviewKey asking, Runnable intend);

    /**
     * The previews of other ledgers whose machines may be in the same Dedalus account, so that nobody takes theirs; this
     * ledger's may be among them.
     */
    default List<PreviewRecord> neighbours() {
        return List.of();
    }

    /**
     * Those of these previews that may be named to whoever asks for a machine for one, and whose data may make room for it.
     */
    default List<PreviewRecord> nameable(PreviewKey asking, List<PreviewRecord> records) {
        return records;
    }

    /**
     * A limit without room.
     *
     * @param reason which limit it is, as the end of a sentence that says that a machine is needed, without a full stop
     * @param counted the previews whose machines fill it
     * @param nameable those of the counted previews that may be named to whoever asks; of them those
     *     that are closed make room
     * @param advice what to do if there is none to name, a sentence
     */
    record Full(String reason, List<PreviewRecord> counted, List<PreviewRecord> nameable, String advice) {
        /** Copies the lists. */
        public Full {
            counted = List.copyOf(counted);
            nameable = List.copyOf(nameable);
        }
    }

    /** Whether a preview has a machine, or one is being made for it. */
    static boolean counts(PreviewRecord record) {
        return record.machine() != null || record.creation() != null;
    }
}
