package io.jenkins.plugins.dedalus.router.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A streamed answer: progress events, then one {@code result} or {@code error}. Progress is queued, so that whoever reports
 * it never waits for a slow reader; a reader that is far behind loses progress, never the end.
 */
public final class EventStream {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_QUEUED = 10_000;
    private static final int HEARTBEAT_SECONDS = 10;

    private final OutputStream out;
    private final BlockingQueue<ObjectNode> queue = new LinkedBlockingQueue<>(MOST_QUEUED);
    private long quietSince = System.nanoTime();

    EventStream(OutputStream out) {
        this.out = out;
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
        while (!queue.offer(event)) {
            queue.poll();
        }
    }

    /**
     * Writes events until the operation ends, then its outcome. The operation goes on if the reader leaves.
     *
     * @throws IOException when the reader left
     */
    public <T> void follow(CompletableFuture<T> operation, Function<T, JsonNode> view) throws IOException {
        try {
            while (!operation.isDone()) {
                ObjectNode event = queue.poll(50, TimeUnit.MILLISECONDS);
                if (event != null) {
                    write(event);
                } else {
                    heartbeat();
                }
            }
            for (ObjectNode event = queue.poll(); event != null; event = queue.poll()) {
                write(event);
            }
            write(outcome(operation, view));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void heartbeat() throws IOException {
        if (System.nanoTime() - quietSince > TimeUnit.SECONDS.toNanos(HEARTBEAT_SECONDS)) {
            out.write('\n');
            out.flush();
            quietSince = System.nanoTime();
        }
    }

    private void write(ObjectNode event) throws IOException {
        out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        quietSince = System.nanoTime();
    }

    private static <T> ObjectNode outcome(CompletableFuture<T> operation, Function<T, JsonNode> view)
            throws InterruptedException {
        ObjectNode event = JSON.createObjectNode();
        try {
            return event.put("event", "result").set("preview", view.apply(operation.get()));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            AdminException.Kind kind =
                    cause instanceof AdminException admin ? admin.kind() : AdminException.Kind.FAILED;
            return event.put("event", "error")
                    .put("code", kind.name().toLowerCase(Locale.ROOT))
                    .put("message", cause.getMessage() == null ? cause.toString() : cause.getMessage());
        }
    }
}
