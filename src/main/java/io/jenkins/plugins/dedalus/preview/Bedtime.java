package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import io.jenkins.plugins.dedalus.preview.operation.Sleeping;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Asks a machine to sleep again when Dedalus refused it for the moment: not before the hold window ends, then less and less
 * often, until it sleeps, somebody wakes it, or an operation begins. Thread-safe.
 */
final class Bedtime implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(Bedtime.class.getName());
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final EngineContext parts;
    private final OperationQueues queues;
    /** What ends the waiting for the next try. */
    private final Map<PreviewKey, Runnable> waiting = new HashMap<>();

    private boolean closed;

    Bedtime(EngineContext parts, OperationQueues queues) {
        this.parts = parts;
        this.queues = queues;
    }

    SleepOutcome ask(PreviewRecord record, RequestOptions options) {
        return ask(record, options, Duration.ZERO);
    }

    private SleepOutcome ask(PreviewRecord record, RequestOptions options, Duration last) {
        Sleeping.Answer answer = Sleeping.ask(parts, record, options);
        Duration longer = last.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : last.multipliedBy(2);
        later(record, answer.again() == null || answer.again().compareTo(longer) > 0 ? answer.again() : longer);
        return answer.outcome();
    }

    /** Null for no further try. */
    private synchronized void later(PreviewRecord record, Duration again) {
        Runnable before = waiting.remove(record.key());
        if (before != null) {
            before.run();
        }
        if (again != null && !closed) {
            waiting.put(record.key(), parts.scheduler().schedule(again, () -> again(record, again)));
        }
    }

    private void again(PreviewRecord asked, Duration last) {
        PreviewRecord now = parts.ledger().get(asked.key()).orElse(null);
        boolean same = now != null && asked.machineId().equals(now.machineId()) && !now.down();
        if (!same || queues.current(asked.key()).isPresent() || isUsed(now)) {
            later(asked, null);
            return;
        }
        try {
            LOGGER.log(
                    Level.FINE,
                    "{0}",
                    ask(now, EngineContext.options(null), last).sentence());
        } catch (DedalusException e) {
            LOGGER.log(Level.FINE, "Sleep is asked for again later.", e);
            later(now, last);
        }
    }

    /** Asking for sleep drops the belief: whoever woke the machine since has put it back. */
    private boolean isUsed(PreviewRecord record) {
        return parts.gate()
                .believedActive(record.machineId(), record.autosleep().duration());
    }

    @Override
    public synchronized void close() {
        closed = true;
        waiting.values().forEach(Runnable::run);
        waiting.clear();
    }
}
