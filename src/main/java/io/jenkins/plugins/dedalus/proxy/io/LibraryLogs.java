package io.jenkins.plugins.dedalus.proxy.io;

import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Keeps viewers from writing into an operator's log by way of the libraries. What an HTTP/2 viewer begins wrongly Vert.x logs as
 * an error, with the viewer's bytes, before anybody can ask to be told instead; what comes late on a stream that was refused
 * Netty logs for each frame, and Vert.x stumbles over such a stream when its connection fails.
 */
public final class LibraryLogs {
    /** Held, for a logger that nobody holds forgets its filter. */
    private static final List<Logger> TAMED = List.of(
            Logger.getLogger("io.vertx.core.net.impl.ConnectionBase"),
            Logger.getLogger("io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder"),
            Logger.getLogger("io.netty.util.concurrent.DefaultPromise"));

    private LibraryLogs() {}

    /** From now on these are logged as FINE. For a process that has these libraries to itself. */
    public static void tame() {
        Filter filter = LibraryLogs::lower;
        TAMED.forEach(logger -> logger.setFilter(filter));
    }

    private static boolean lower(LogRecord entry) {
        boolean promise = entry.getLoggerName().endsWith("Promise");
        if (!promise || entry.getThrown() instanceof NullPointerException && isHttp2(entry.getThrown())) {
            entry.setLevel(Level.FINE);
        }
        return true;
    }

    /** Whether it was thrown in Vert.x' HTTP/2. */
    private static boolean isHttp2(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith("io.vertx.core.http.impl.Http2");
    }
}
