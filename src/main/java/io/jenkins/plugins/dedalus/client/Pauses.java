package io.jenkins.plugins.dedalus.client;

import java.time.Duration;

/** Waits between tries, and stops waiting when the call is cancelled or its thread interrupted. */
final class Pauses {

    private final Sleeper sleeper;

    Pauses(Sleeper sleeper) {
        this.sleeper = sleeper;
    }

    /**
     * Waits.
     *
     * @throws DedalusCancelledException when there is no use in waiting any longer; the interrupt flag stays set if the
     *     thread was interrupted by somebody else
     */
    void pause(Duration duration, CallScope scope, String doing) {
        scope.check(doing);
        Thread waiting = Thread.currentThread();
        boolean interrupted = false;
        Cancellation.Registration registration = scope.onCancel(waiting::interrupt);
        try {
            sleeper.sleep(duration);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            registration.close();
        }
        if (scope.cancelled()) {
            // The flag is ours: the cancellation may have set it just after the sleep was over.
            Thread.interrupted();
            scope.check(doing);
        }
        if (interrupted) {
            waiting.interrupt();
            throw new DedalusCancelledException(ApiFailure.local(
                    "Could not " + doing + ": its thread was interrupted while it waited to try again.", false));
        }
    }
}
