package io.jenkins.plugins.dedalus.client.call;

import io.jenkins.plugins.dedalus.client.error.DedalusCancelledException;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Lets one thread end the calls of another: a cancelled call closes its connection, leaves its backoff and throws
 * {@link DedalusCancelledException}. One cancellation may be shared by many calls. Thread-safe.
 */
public final class Cancellation {

    private final Set<Registration> actions = new LinkedHashSet<>();
    private boolean cancelled;

    /** Cancels every call that carries this object, now and later. Further calls do nothing. */
    public void cancel() {
        Registration[] due;
        synchronized (actions) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = actions.toArray(Registration[]::new);
            actions.clear();
        }
        for (Registration registration : due) {
            registration.run();
        }
    }

    /** Whether {@link #cancel()} was called. */
    public boolean isCancelled() {
        synchronized (actions) {
            return cancelled;
        }
    }

    /**
     * Runs an action on cancellation, at once when it already happened.
     *
     * @param action runs at most once, in the cancelling thread; must be short and not throw
     * @return closing it withdraws the action; once closed, the action neither runs nor is running
     */
    public Registration onCancel(Runnable action) {
        Registration registration = new Registration(Objects.requireNonNull(action, "action"));
        synchronized (actions) {
            if (!cancelled) {
                actions.add(registration);
                return registration;
            }
        }
        registration.run();
        return registration;
    }

    /** An action that waits for the cancellation. */
    public final class Registration implements AutoCloseable {

        private final Runnable action;
        private boolean done;

        private Registration(Runnable action) {
            this.action = action;
        }

        private synchronized void run() {
            if (!done) {
                done = true;
                action.run();
            }
        }

        @Override
        public void close() {
            synchronized (actions) {
                actions.remove(this);
            }
            synchronized (this) {
                done = true;
            }
        }
    }
}
