package io.jenkins.plugins.dedalus.client.call;

import io.jenkins.plugins.dedalus.client.error.DedalusException;
import java.io.IOException;
import okhttp3.Headers;
import okio.BufferedSource;

/** Carries a request to the API and a successful answer back. Decorated: authentication, retries, generations. */
public interface Transport {

    /**
     * Makes one call.
     *
     * @param request what to send
     * @param reader reads a 2xx answer while the connection is open
     * @throws DedalusException on everything else
     */
    <T> T exchange(ApiRequest request, AnswerReader<T> reader);

    /** A 2xx answer. The body is closed by the transport. */
    record Answer(ApiRequest request, int status, Headers headers, BufferedSource body) {}

    /** Reads an answer. */
    @FunctionalInterface
    interface AnswerReader<T> {
        T read(Answer answer) throws IOException;
    }
}
