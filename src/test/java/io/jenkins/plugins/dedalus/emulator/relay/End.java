package io.jenkins.plugins.dedalus.emulator.relay;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One end of a relayed connection: reads into its target while that isn't full, and is itself the target of the other.
 * A plain end passes bytes as they are; {@link FramedEnd} wraps them.
 */
class End implements Loop.Handler, Sink {
    private static final int READS_IN_A_ROW = 4;

    final Loop loop;
    final SocketChannel channel;
    private final SelectionKey key;
    private final Deque<ByteBuffer> pending = new ArrayDeque<>();
    private Sink target;
    private Runnable drained = () -> {};
    private Runnable gone = () -> {};
    private boolean readEnded;
    private boolean writeEnding;
    private boolean writeEnded;
    private boolean closed;

    /** Takes over a connected channel; reads nothing before {@link #start}. */
    End(Loop loop, SocketChannel channel) throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.key = loop.register(channel, 0, this);
    }

    /** Begins to read. */
    void start(Sink into) {
        target = into;
        resume();
    }

    /** Replaces where bytes go from now on. */
    void redirect(Sink into) {
        target = into;
    }

    /** Called when what was pending has been written. */
    void onDrained(Runnable listener) {
        drained = listener;
    }

    /** Called once, when the channel is closed, for whatever reason. */
    void onGone(Runnable listener) {
        gone = listener;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether both directions have ended properly. */
    boolean isOver() {
        return closed || readEnded && writeEnding;
    }

    /** Reads again if the target takes more. */
    void resume() {
        if (!closed && !readEnded && target != null && !target.full()) {
            interest(SelectionKey.OP_READ, true);
        }
    }

    void pause() {
        interest(SelectionKey.OP_READ, false);
    }

    private void interest(int operation, boolean wanted) {
        if (key.isValid()) {
            int now = key.interestOps();
            int next = wanted ? now | operation : now & ~operation;
            if (next != now) {
                key.interestOps(next);
            }
        }
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
        if (ready.isWritable()) {
            flush();
        }
        if (!closed && ready.isReadable()) {
            readSome();
        }
    }

    /** Reads what is there. */
    void readSome() throws IOException {
        for (int i = 0; i < READS_IN_A_ROW && !closed && !readEnded; i++) {
            if (target.full()) {
                pause();
                return;
            }
            ByteBuffer buffer = loop.scratch();
            int read = channel.read(buffer);
            if (read == 0) {
                return;
            }
            if (read < 0) {
                readEnded = true;
                pause();
                ended(target);
            } else {
                boolean all = buffer.hasRemaining();
                received(buffer.flip(), target);
                if (all) {
                    break;
                }
            }
        }
        if (!closed && !readEnded && target.full()) {
            pause();
        }
        closeIfOver();
    }

    /** Bytes came in. */
    void received(ByteBuffer bytes, Sink into) throws IOException {
        into.data(bytes);
    }

    /** The channel ended. */
    void ended(Sink into) throws IOException {
        into.fin();
    }

    /** No more is to be read though the channel goes on. */
    final void endReading() {
        readEnded = true;
        pause();
    }

    @Override
    public void data(ByteBuffer bytes) {
        write(bytes);
    }

    /** Writes now what it can, and keeps the rest. */
    final void write(ByteBuffer bytes) {
        if (closed || writeEnding) {
            bytes.position(bytes.limit());
            return;
        }
        try {
            if (pending.isEmpty()) {
                channel.write(bytes);
            }
            if (bytes.hasRemaining()) {
                ByteBuffer rest = ByteBuffer.allocate(bytes.remaining());
                pending.add(rest.put(bytes).flip());
                interest(SelectionKey.OP_WRITE, true);
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    private void flush() throws IOException {
        while (!pending.isEmpty()) {
            channel.write(pending.peek());
            if (pending.peek().hasRemaining()) {
                return;
            }
            pending.remove();
        }
        interest(SelectionKey.OP_WRITE, false);
        if (writeEnding) {
            shutDown();
        } else {
            drained.run();
        }
    }

    @Override
    public boolean full() {
        return !pending.isEmpty();
    }

    @Override
    public void fin() {
        if (closed || writeEnding) {
            return;
        }
        beforeFin();
        writeEnding = true;
        if (pending.isEmpty()) {
            try {
                shutDown();
            } catch (IOException e) {
                broken(e);
            }
        }
    }

    /** The last chance to write. */
    void beforeFin() {}

    private void shutDown() throws IOException {
        if (!writeEnded) {
            writeEnded = true;
            channel.shutdownOutput();
            closeIfOver();
        }
    }

    private void closeIfOver() {
        if (readEnded && writeEnded && !closed) {
            close();
        }
    }

    @Override
    public void reset() {
        if (!closed) {
            abort();
            close();
        }
    }

    /** Makes the close that follows a reset. */
    void abort() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // It is closed next, which is all that is left to do.
            key.cancel();
        }
    }

    @Override
    public void broken(IOException failure) {
        if (!closed) {
            abort();
            close();
            if (target != null) {
                target.reset();
            }
        }
    }

    /** Closes without ado. */
    final void close() {
        if (closed) {
            return;
        }
        closed = true;
        pending.clear();
        try {
            channel.close();
        } catch (IOException e) {
            key.cancel();
        }
        gone.run();
    }
}
