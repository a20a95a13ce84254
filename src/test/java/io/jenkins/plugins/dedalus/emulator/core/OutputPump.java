package io.jenkins.plugins.dedalus.emulator.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Turns one of a command's streams into events as it appears; characters are never cut in two. */
final class OutputPump {
    private static final int BUFFER = 16 * 1024;

    private final World world;
    private final Execution execution;
    private final boolean error;
    private final InputStream in;

    private OutputPump(World world, Execution execution, boolean error, InputStream in) {
        this.world = world;
        this.execution = execution;
        this.error = error;
        this.in = in;
    }

    /** Starts reading; complete at the stream's end. */
    static CompletableFuture<Void> start(World world, Execution execution, boolean error, InputStream in) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        OutputPump pump = new OutputPump(world, execution, error, in);
        world.workers().execute(() -> {
            try {
                pump.run();
            } finally {
                done.complete(null);
            }
        });
        return done;
    }

    private void run() {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        ByteBuffer bytes = ByteBuffer.allocate(BUFFER);
        CharBuffer characters = CharBuffer.allocate(BUFFER + 1);
        try {
            int read = read(bytes);
            while (read >= 0) {
                bytes.flip();
                decoder.decode(bytes, characters, false);
                bytes.compact();
                emit(characters, read);
                read = read(bytes);
            }
        } catch (IOException e) {
            // The process was killed: what it wrote until then was read.
            bytes.clear().limit(0).compact();
        }
        bytes.flip();
        decoder.decode(bytes, characters, true);
        decoder.flush(characters);
        emit(characters, 0);
    }

    private int read(ByteBuffer bytes) throws IOException {
        int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
        if (count > 0) {
            bytes.position(bytes.position() + count);
        }
        return count;
    }

    private void emit(CharBuffer characters, int bytes) {
        characters.flip();
        if (characters.hasRemaining() || bytes > 0) {
            execution.output(error, characters.toString(), bytes, world.now());
        }
        characters.clear();
    }
}
