package io.jenkins.plugins.dedalus.client;

import java.net.URI;
import java.time.Duration;
import okhttp3.OkHttpClient;

/** Sends. */
final class HttpTransport implements Transport {

    private final URI base;

    HttpTransport(OkHttpClient client, URI base, Duration callTimeout, ErrorMapper errors) {
        this.base = base;
    }

    URI baseUrl() {
        return base;
    }

    void close() {}

    @Override
    public <T> T exchange(ApiRequest request, AnswerReader<T> reader) {
        throw new UnsupportedOperationException("on its way");
    }
}
