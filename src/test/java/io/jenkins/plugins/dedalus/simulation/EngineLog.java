package io.jenkins.plugins.dedalus.simulation;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Reads what this thread logs during a run: no secret, no failure that nobody expected. */
final class EngineLog extends Handler {
    private static final Logger ENGINE = Logger.getLogger("io.jenkins.plugins.dedalus");

    private final Thread thread = Thread.currentThread();
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Verdict verdict;
    private final Trace trace;

    EngineLog(Verdict verdict, Trace trace) {
        this.verdict = verdict;
        this.trace = trace;
        ENGINE.addHandler(this);
    }

    /** Keeps what the engine says off the console, for all that is played before this is closed. */
    static Quiet quiet() {
        ENGINE.setUseParentHandlers(false);
        return () -> ENGINE.setUseParentHandlers(true);
    }

    /** Until it is closed, only players hear the engine. */
    interface Quiet extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public void publish(LogRecord record) {
        if (Thread.currentThread() != thread || record.getLevel().intValue() < Level.INFO.intValue()) {
            return;
        }
        String message = formatter.formatMessage(record);
        trace.line(() -> "log: " + message);
        Secrets.check(message, "the log", verdict);
        Secrets.check(record.getThrown(), verdict);
        verdict.require(
                !message.contains("unexpected failure") && !message.contains("call failed"),
                "nothing fails unexpectedly",
                message + " " + record.getThrown());
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public void close() {
        ENGINE.removeHandler(this);
    }
}
