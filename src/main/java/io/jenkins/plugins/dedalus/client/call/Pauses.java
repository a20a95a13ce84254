package io.jenkins.plugins.dedalus.client.call;

import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.DedalusCancelledException;
import java.time.Duration;

/** Waits between tries, and stops waiting when the call is cancelled or its thread interrupted. */
public final class Pauses {

    private final Sleeper sleeper;

    public Pauses(Sleeper sleeper) {
        this.sleeper = sleeper;
    }

    /**
     * Waits.
     *
     * @throws DedalusCancelledException when there is no use in waiting any longer; the interrupt flag stays set if the
     *     thread was interrupted by somebody else
     */
    public void pause(Duration duration, CallScope scope, String doing) {
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
