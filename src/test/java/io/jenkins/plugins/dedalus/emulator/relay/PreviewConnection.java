package io.jenkins.plugins.dedalus.emulator.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One viewer's connection to a preview URL: first its request's head, then whatever the gate decided. */
final class PreviewConnection implements Sink {
    private static final long LINGER_MILLIS = 2_000;

    private final Loop loop;
    private final PreviewGate gate;
    private final Runnable gone;
    private final End viewer;
    private final RequestHead head = new RequestHead();
    private End machine;
    private PreviewGate.Pass pass;
    private boolean decided;
    private boolean answered;
    private boolean awaitingAnswer;

    PreviewConnection(Loop loop, PreviewGate gate, SocketChannel channel, Runnable gone) throws IOException {
        this.loop = loop;
        this.gate = gate;
        this.gone = gone;
        this.viewer = new End(loop, Links.tuned(channel));
        viewer.onGone(gone);
    }

    void start() {
        viewer.start(this);
    }

    /** Reads what the viewer has sent meanwhile; true if it waits for an answer. */
    boolean busy() {
        if (!viewer.isClosed() && (machine != null || !decided)) {
            try {
                viewer.readSome();
            } catch (IOException e) {
                viewer.broken(e);
            }
        }
        return !viewer.isClosed() && awaitingAnswer;
    }

    /** Ends it as a gateway does whose upstream is gone; a viewer that hasn't asked yet may stay. */
    void cut() {
        if (decided && !answered) {
            viewer.reset();
            if (machine != null) {
                machine.reset();
            }
        }
    }

    @Override
    public void data(ByteBuffer bytes) {
        if (answered) {
            bytes.position(bytes.limit());
            return;
        }
        gate.hit();
        awaitingAnswer = true;
        if (head.add(bytes) && !decided) {
            decided = true;
            loop.execute(this::decide);
        }
    }

    private void decide() {
        if (viewer.isClosed()) {
            return;
        }
        PreviewGate.Verdict verdict = gate.admit(head);
        if (verdict instanceof PreviewGate.Answer answer) {
            answer(answer.status(), answer.errorCode(), answer.message());
        } else if (verdict instanceof PreviewGate.Pass through) {
            pass = through;
            if (through.delayMillis() > 0) {
                loop.schedule(through.delayMillis(), this::connect);
            } else {
                connect();
            }
        } else {
            viewer.reset();
        }
    }

    private void connect() {
        Links.connect(
                loop,
                pass.route().address(),
                channel -> loop.execute(() -> connected(channel)),
                failure -> loop.execute(this::refused));
    }

    private void refused() {
        answer(502, "upstream_refused", "Nothing listens on the machine's port yet.");
    }

    private void connected(SocketChannel channel) {
        try {
            if (viewer.isClosed()) {
                Links.close(channel);
            } else if (pass.route().framed()) {
                End asking = new End(loop, channel);
                asking.write(ByteBuffer.allocate(2)
                        .putShort((short) pass.route().port())
                        .flip());
                asking.start(new RelayAnswer(asking));
            } else {
                join(new End(loop, channel));
            }
        } catch (IOException e) {
            Links.close(channel);
            refused();
        }
    }

    /** Waits for the relay to say whether the port took the connection. */
    private final class RelayAnswer implements Sink {
        private final End asking;
        private boolean heard;

        RelayAnswer(End asking) {
            this.asking = asking;
        }

        @Override
        public void data(ByteBuffer bytes) {
            heard = true;
            byte said = bytes.get();
            // The machine speaks only once it is spoken to, so no byte of its own can be among these, but a frame may.
            ByteBuffer rest = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
            loop.execute(() -> accepted(said, rest));
        }

        private void accepted(byte said, ByteBuffer rest) {
            try {
                if (said != RelayMain.CONNECTED || viewer.isClosed()) {
                    asking.close();
                    refused();
                    return;
                }
                FramedEnd framed = new FramedEnd(loop, asking.channel);
                join(framed);
                framed.received(rest, viewer);
            } catch (IOException e) {
                asking.close();
                refused();
            }
        }

        @Override
        public void fin() {
            reset();
        }

        @Override
        public void reset() {
            asking.close();
            if (!heard) {
                refused();
            }
        }

        @Override
        public boolean full() {
            return heard;
        }
    }

    private void join(End to) {
        machine = to;
        viewer.onGone(() -> {
            if (!to.isOver()) {
                to.reset();
            }
            gone.run();
        });
        Sink requests = limited(to, pass.resetRequest());
        Sink responses = limited(viewer, !pass.resetRequest());
        if (pass.delayMillis() > 0) {
            requests = new DelaySink(loop, pass.delayMillis(), requests, viewer::resume);
            responses = new DelaySink(loop, pass.delayMillis(), responses, to::resume);
        }
        Sink toMachine = new TapSink(requests, total -> {
            gate.hit();
            awaitingAnswer = true;
            return true;
        });
        Sink toViewer = new TapSink(responses, total -> {
            awaitingAnswer = false;
            return true;
        });
        to.onDrained(viewer::resume);
        viewer.onDrained(to::resume);
        toMachine.data(head.bytes());
        viewer.start(toMachine);
        to.start(toViewer);
    }

    private Sink limited(Sink next, boolean here) {
        if (!here || pass.resetAfter() < 0) {
            return next;
        }
        return new CutSink(next, pass.resetAfter(), () -> loop.execute(this::cut));
    }

    private void answer(int status, String code, String message) {
        if (viewer.isClosed() || answered) {
            return;
        }
        answered = true;
        awaitingAnswer = false;
        viewer.write(ByteBuffer.wrap(GatewayAnswer.of(status, code, message).getBytes(StandardCharsets.UTF_8)));
        viewer.fin();
        viewer.redirect(this);
        viewer.resume();
        // What the viewer still sends is read and dropped for a while: a reset would cost it the answer.
        loop.schedule(LINGER_MILLIS, viewer::close);
    }

    @Override
    public void fin() {
        if (!decided) {
            viewer.close();
        }
    }

    @Override
    public void reset() {
        viewer.close();
    }

    @Override
    public boolean full() {
        return decided && !answered;
    }
}
