package io.jenkins.plugins.dedalus.router.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A streamed answer: progress events, then one {@code result} or {@code error}. No thread waits for it: events are queued and
 * written as the reader takes them. A reader that is far behind, although {@link #ready} said so, is told how many lines it
 * missed and where; it never misses the end.
 */
public final class EventStream {
    private static final Logger LOG = Logger.getLogger(EventStream.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_QUEUED_BYTES = 1024 * 1024;
    /** The rest is for what comes in one piece. */
    private static final int CROWDED_BYTES = 128 * 1024;

    private static final long HEARTBEAT_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final Buffer HEARTBEAT = Buffer.buffer("\n");

    private final HttpServerResponse response;
    private final Context loop;
    private final Runnable left;
    private final Deque<Buffer> queue = new ArrayDeque<>();
    private int queuedBytes;
    private int leftOut;
    private String phase;
    private Buffer last;
    private boolean told;
    private boolean over;
    private Runnable onLeave = () -> {};

    // These belong to the loop.
    private boolean written;
    private long heartbeat = -1;

    /** @param left runs once nobody reads or writes any more */
    EventStream(HttpServerResponse response, Context loop, Runnable left) {
        this.response = response;
        this.loop = loop;
        this.left = left;
    }

    void begin() {
        loop.runOnContext(v -> {
            if (response.closed()) {
                end();
                return;
            }
            response.closeHandler(closed -> end());
            response.exceptionHandler(e -> LOG.log(Level.FINE, "A reader of progress left.", e));
            response.putHeader("Content-Type", "application/x-ndjson").putHeader("Cache-Control", "no-store");
            response.setChunked(true).writeHead();
            heartbeat = loop.owner().setPeriodic(HEARTBEAT_MILLIS, timer -> beat());
            write();
        });
    }

    /** Runs something once if the reader leaves before the end; at once if it has left already. */
    public void onLeave(Runnable action) {
        synchronized (this) {
            if (!over) {
                onLeave = action;
                return;
            }
        }
        action.run();
    }

    /** Queues a progress event; never blocks. */
    public void progress(String phase, long elapsedMillis, String line, boolean output) {
        ObjectNode event = JSON.createObjectNode()
                .put("event", "progress")
                .put("phase", phase)
                .put("elapsedMs", elapsedMillis);
        if (line != null) {
            event.put("line", line).put("output", output);
        }
        Buffer text = text(event);
        synchronized (this) {
            if (over || last != null) {
                return;
            }
            queue.add(text);
            queuedBytes += text.length();
            while (queuedBytes > MOST_QUEUED_BYTES && queue.size() > 1) {
                queuedBytes -= queue.remove().length();
                leftOut++;
            }
            this.phase = phase;
        }
        tell();
    }

    /** Whether the reader keeps up, or has left and holds nobody up. */
    public synchronized boolean ready() {
        return over || queuedBytes < CROWDED_BYTES;
    }

    /** Tells the operation's outcome when it ends; returns at once. The operation goes on if the reader leaves. */
    public <T> void follow(CompletableFuture<T> operation, Function<T, JsonNode> view) {
        operation.whenComplete((value, failure) -> {
            if (failure != null) {
                fail(failure);
                return;
            }
            try {
                ObjectNode event = JSON.createObjectNode().put("event", "result");
                finish(event.set("preview", view.apply(value)));
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "What came out of an operation can't be shown.", e);
                fail(e);
            }
        });
    }

    private void fail(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        fail(
                cause instanceof AdminException admin ? admin.kind() : AdminException.Kind.FAILED,
                cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }

    /** Ends with an error. */
    void fail(AdminException.Kind kind, String sentence) {
        finish(JSON.createObjectNode()
                .put("event", "error")
                .put("code", kind.name().toLowerCase(Locale.ROOT))
                .put("message", sentence));
    }

    private void finish(JsonNode event) {
        synchronized (this) {
            if (over || last != null) {
                return;
            }
            last = text(event);
        }
        tell();
    }

    private void tell() {
        synchronized (this) {
            if (told) {
                return;
            }
            told = true;
        }
        loop.runOnContext(v -> write());
    }

    /** On the loop: as much as the reader takes. */
    private void write() {
        synchronized (this) {
            told = false;
            if (over) {
                return;
            }
        }
        if (heartbeat < 0) {
            return;
        }
        while (!response.writeQueueFull()) {
            Buffer next;
            boolean end;
            synchronized (this) {
                if (over) {
                    return;
                }
                next = leftOut > 0 ? gap() : poll();
                end = next == null && last != null;
                next = end ? last : next;
            }
            if (next == null) {
                return;
            }
            written = true;
            if (end) {
                response.end(next);
                end();
                return;
            }
            response.write(next);
        }
        response.drainHandler(v -> write());
    }

    /** What stands where the oldest were left out. */
    private Buffer gap() {
        String line = "… " + leftOut + " lines left out: they came faster than they were read";
        leftOut = 0;
        return text(JSON.createObjectNode()
                .put("event", "progress")
                .put("phase", phase)
                .put("line", line)
                .put("output", true));
    }

    private Buffer poll() {
        Buffer next = queue.poll();
        queuedBytes -= next == null ? 0 : next.length();
        return next;
    }

    private void beat() {
        if (!written && !response.writeQueueFull()) {
            response.write(HEARTBEAT);
        }
        written = false;
    }

    private void end() {
        Runnable early;
        synchronized (this) {
            early = onLeave;
            onLeave = () -> {};
            over = true;
            queue.clear();
            queuedBytes = 0;
        }
        loop.owner().cancelTimer(heartbeat);
        left.run();
        early.run();
    }

    private static Buffer text(JsonNode event) {
        return Buffer.buffer(event + "\n");
    }
}
