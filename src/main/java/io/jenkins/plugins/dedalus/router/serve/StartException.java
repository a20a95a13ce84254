package io.jenkins.plugins.dedalus.router.serve;

/** The router can't start; the message is a sentence for a person. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Takes a sentence. */
    public StartException(String sentence) {
        super(sentence);
    }

    /** Takes a sentence and its cause. */
    public StartException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
