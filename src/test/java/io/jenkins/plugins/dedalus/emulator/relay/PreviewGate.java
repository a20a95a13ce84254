package io.jenkins.plugins.dedalus.emulator.relay;

import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;

/** Decides what becomes of a connection to a preview URL. Called on the relay's thread: must be quick. */
public interface PreviewGate {
    /** What becomes of it. */
    sealed interface Verdict permits Pass, Answer, Refuse {}

    /**
     * It is carried to the machine.
     *
     * @param delayMillis by which every byte is delayed, in each direction
     * @param resetAfter bytes after which it is reset; negative: never
     * @param resetRequest whether those are bytes of the request
     */
    record Pass(Sandbox.Route route, long delayMillis, long resetAfter, boolean resetRequest) implements Verdict {}

    /** The gateway answers by itself. */
    record Answer(int status, String errorCode, String message) implements Verdict {}

    /** It is reset. */
    record Refuse() implements Verdict {}

    /** Decides, knowing the first request's head. */
    Verdict admit(RequestHead head);

    /** Bytes came from the viewer. */
    void hit();
}
