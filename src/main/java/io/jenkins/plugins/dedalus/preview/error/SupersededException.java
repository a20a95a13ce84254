package io.jenkins.plugins.dedalus.preview.error;

/** A newer commit of the same change request took over; the message names both. */
public class SupersededException extends PreviewException {
    private static final long serialVersionUID = 1L;

    /** Takes a sentence for a person: what failed, which object, what to do next. */
    public SupersededException(String sentence) {
        super(sentence);
    }

    /** Takes a sentence and what caused it. */
    public SupersededException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
