package io.jenkins.plugins.dedalus.client;

/** Speaks generation 1. */
final class RevisionTransport implements Transport {

    private final Transport next;

    RevisionTransport(Transport next) {
        this.next = next;
    }

    @Override
    public <T> T exchange(ApiRequest request, AnswerReader<T> reader) {
        return next.exchange(request, reader);
    }
}
