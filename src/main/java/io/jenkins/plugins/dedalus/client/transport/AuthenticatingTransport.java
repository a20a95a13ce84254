package io.jenkins.plugins.dedalus.client.transport;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Transport;

/** Says who calls. */
public final class AuthenticatingTransport implements Transport {

    private final Transport next;
    private final String apiKey;
    private final String organization;
    private final String userAgent;

    public AuthenticatingTransport(Transport next, String apiKey, String organization, String userAgent) {
        this.next = next;
        this.apiKey = apiKey;
        this.organization = organization;
        this.userAgent = userAgent;
    }

    @Override
    public <T> T exchange(ApiRequest request, AnswerReader<T> reader) {
        ApiRequest signed =
                request.withHeader("Authorization", "Bearer " + apiKey).withHeader("User-Agent", userAgent);
        if (organization != null) {
            signed = signed.withHeader("X-Dedalus-Org-Id", organization);
        }
        return next.exchange(signed, reader);
    }

    @Override
    public String toString() {
        return "AuthenticatingTransport";
    }
}
