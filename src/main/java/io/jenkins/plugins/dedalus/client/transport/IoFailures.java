package io.jenkins.plugins.dedalus.client.transport;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.CallScope;
import io.jenkins.plugins.dedalus.client.error.ApiConnectionException;
import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.DedalusCancelledException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.Sentences;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Turns what a socket throws into a sentence and a decision whether to try again. */
public final class IoFailures {

    private static final String AGAIN = " It was tried again where that was safe.";

    private IoFailures() {}

    public static DedalusException map(
            ApiRequest request, String host, IOException e, boolean tight, Duration limit, boolean closed) {
        CallScope scope = request.scope();
        String could = "Could not " + request.doing() + ": ";
        if (scope.cancelled()) {
            return new DedalusCancelledException(ApiFailure.local(could + "the operation was cancelled.", false));
        }
        if (closed) {
            return closed(request);
        }
        if (e instanceof InterruptedIOException) {
            if (Thread.currentThread().isInterrupted()) {
                return new DedalusCancelledException(ApiFailure.local(could + "its thread was interrupted.", false));
            }
            if (tight || scope.over()) {
                return scope.deadlineExceeded(request.doing(), e);
            }
            return connection(
                    could + host + " did not answer within " + Sentences.duration(limit) + "." + AGAIN
                            + " Check the network, or whether the platform is loaded.",
                    true,
                    e);
        }
        if (e instanceof UnknownHostException) {
            return connection(
                    could + "the host name " + host + " can't be resolved. Check the base URL and DNS.", true, e);
        }
        if (e instanceof SSLHandshakeException || e instanceof SSLPeerUnverifiedException) {
            return connection(
                    could + "there is no secure connection to " + host + ". Check its certificate, the controller's"
                            + " trust store and any proxy in between.",
                    false,
                    e);
        }
        if (e instanceof SSLException) {
            return connection(could + "the secure connection to " + host + " broke." + AGAIN, true, e);
        }
        if (e instanceof ConnectException) {
            return connection(
                    could + host + " refused the connection or can't be reached." + AGAIN
                            + " Check the base URL and the network.",
                    true,
                    e);
        }
        return connection(could + "the connection to " + host + " broke before the answer was whole." + AGAIN, true, e);
    }

    static DedalusCancelledException closed(ApiRequest request) {
        return new DedalusCancelledException(
                ApiFailure.local("Could not " + request.doing() + ": the Dedalus client was closed.", false));
    }

    private static ApiConnectionException connection(String sentence, boolean retryable, IOException e) {
        return new ApiConnectionException(ApiFailure.local(sentence, retryable), e);
    }
}
