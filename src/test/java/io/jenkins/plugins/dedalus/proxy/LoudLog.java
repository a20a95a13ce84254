package io.jenkins.plugins.dedalus.proxy;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Listens for what is logged above FINE, wherever in this process, until it is closed. */
final class LoudLog extends Handler implements AutoCloseable {
    private final Queue<String> loud = new ConcurrentLinkedQueue<>();

    LoudLog() {
        Logger.getLogger("").addHandler(this);
    }

    List<String> loud() {
        return List.copyOf(loud);
    }

    @Override
    public void publish(LogRecord entry) {
        if (entry.getLevel().intValue() > Level.FINE.intValue()) {
            loud.add(entry.getLevel() + " " + entry.getLoggerName() + ": " + entry.getMessage() + " "
                    + entry.getThrown());
        }
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(this);
    }
}
