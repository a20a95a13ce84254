package io.jenkins.plugins.dedalus.client.transport;

import io.jenkins.plugins.dedalus.client.call.Caller;
import io.jenkins.plugins.dedalus.client.call.ServerClock;
import java.util.function.LongSupplier;
import okhttp3.Request;
import okhttp3.Response;

/** What answers tell beside their content: the server's time, and for whom it answered. Thread-safe. */
public final class AnswerFacts {
    private static final int NOT_FOUND = 404;

    private final ServerClock clock;
    private volatile Caller caller;

    public AnswerFacts(LongSupplier nanoTime) {
        this.clock = new ServerClock(nanoTime);
    }

    public ServerClock clock() {
        return clock;
    }

    /** Whom the last answer that says something about machines was for; null before there was any. */
    public Caller caller() {
        return caller;
    }

    /** The moment before a request is sent, for {@link #note}. */
    long sending() {
        return clock.nanoTime();
    }

    void note(Response response, long sent) {
        clock.answered(response.header("Date"), sent);
        // A refusal says nothing about what exists, and what a host answers itself on the way carries no key.
        if (response.isSuccessful() || response.code() == NOT_FOUND) {
            note(response.request());
        }
    }

    /** As it was sent: a host may have put another key in than the client was made with. */
    private synchronized void note(Request request) {
        String credentials = request.header("Authorization") + "\n" + request.header("X-Dedalus-Org-Id");
        if (caller == null || !caller.is(credentials)) {
            caller = new Caller(credentials);
        }
    }
}
