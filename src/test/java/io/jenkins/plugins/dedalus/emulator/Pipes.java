package io.jenkins.plugins.dedalus.emulator;

import io.vertx.core.net.NetSocket;

/** Joins two sockets. */
final class Pipes {
    private Pipes() {}

    /** Carries bytes both ways with backpressure; when one side goes, so does the other. */
    static void join(NetSocket left, NetSocket right) {
        left.closeHandler(gone -> right.close());
        right.closeHandler(gone -> left.close());
        left.exceptionHandler(e -> right.close());
        right.exceptionHandler(e -> left.close());
        left.pipeTo(right);
        right.pipeTo(left);
    }
}
