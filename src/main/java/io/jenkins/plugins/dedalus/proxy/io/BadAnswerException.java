package io.jenkins.plugins.dedalus.proxy.io;

/** An app answered with what can't be passed on; the message is a sentence for the viewer. */
public final class BadAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadAnswerException(String sentence) {
        super(sentence, null, false, false);
    }
}
