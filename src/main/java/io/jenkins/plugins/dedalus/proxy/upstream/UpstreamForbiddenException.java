package io.jenkins.plugins.dedalus.proxy.upstream;

/** An upstream address that must not be connected to; the message says which and why, for the operator's log. */
public final class UpstreamForbiddenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes one with a sentence. */
    public UpstreamForbiddenException(String sentence) {
        super(sentence);
    }
}
