package io.jenkins.plugins.dedalus.router.metrics;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.proxy.spi.AccessLog;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One JSON line per request, on standard output unless told otherwise. Event loops only queue; a thread writes. A log that
 * can't keep up loses lines and says how many, it never slows viewers down.
 */
public final class JsonAccessLog implements AccessLog {
    private static final Logger LOG = Logger.getLogger(JsonAccessLog.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_QUEUED = 10_000;

    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(MOST_QUEUED);
    private final AtomicLong lost = new AtomicLong();
    private final OutputStream out;

    /** Writes to standard output. */
    public JsonAccessLog() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    /** Writes to a stream, which stays open. */
    public JsonAccessLog(OutputStream out) {
        this.out = out;
        Thread writer = new Thread(this::write, "access-log");
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    public void log(Entry entry) {
        if (!queue.offer(entry)) {
            lost.incrementAndGet();
        }
    }

    private void write() {
        try {
            while (true) {
                Entry entry = queue.take();
                ObjectNode line = line(entry);
                long missing = lost.getAndSet(0);
                if (missing > 0) {
                    line.put("linesLost", missing);
                }
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                if (queue.isEmpty()) {
                    out.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The access log can't be written any more; requests go on without it.", e);
        }
    }

    private static ObjectNode line(Entry entry) {
        return JSON.createObjectNode()
                .put("at", entry.at().toString())
                .put("client", entry.client())
                .put("method", entry.method())
                .put("host", entry.host())
                .put("path", entry.path())
                .put("protocol", entry.protocol())
                .put("status", entry.status())
                .put("bytes", entry.bytesOut())
                .put("ms", entry.micros() / 1000.0)
                .put("preview", entry.previewId())
                .put("viewer", entry.viewer())
                .put(
                        "cause",
                        entry.cause() == null ? null : entry.cause().name().toLowerCase(Locale.ROOT));
    }
}
