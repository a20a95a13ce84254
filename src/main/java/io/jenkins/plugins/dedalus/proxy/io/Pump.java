package io.jenkins.plugins.dedalus.proxy.io;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/** Moves bytes from a stream to another and never holds more than the sink's write queue: a full sink pauses the source. */
public final class Pump implements Handler<Buffer> {
    private final ReadStream<Buffer> source;
    private final WriteStream<Buffer> sink;
    private final Handler<Buffer> seen;

    /**
     * Makes a pump that is not yet attached.
     *
     * @param seen told of every buffer before it is written
     */
    public Pump(ReadStream<Buffer> source, WriteStream<Buffer> sink, Handler<Buffer> seen) {
        this.source = source;
        this.sink = sink;
        this.seen = seen;
    }

    /** Writes one buffer; failures surface through the sink's own handlers. */
    @Override
    public void handle(Buffer buffer) {
        seen.handle(buffer);
        sink.write(buffer);
        if (sink.writeQueueFull()) {
            source.pause();
            sink.drainHandler(v -> source.resume());
        }
    }
}
