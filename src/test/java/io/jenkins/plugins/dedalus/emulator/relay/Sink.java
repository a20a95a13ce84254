package io.jenkins.plugins.dedalus.emulator.relay;

import java.nio.ByteBuffer;

/** Where bytes go: the other end of a connection, or something in between. */
interface Sink {
    /** Takes all of the bytes, now or later. */
    void data(ByteBuffer bytes);

    /** No more bytes come. */
    void fin();

    /** The connection was reset. */
    void reset();

    /** Whether no more should come before {@code End#resume} is called. */
    boolean full();
}
