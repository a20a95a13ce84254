package io.jenkins.plugins.dedalus.preview.error;

/** A preview could not be brought where it was asked to be; the message is a sentence for a person. */
public class PreviewException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Takes a sentence for a person: what failed, which object, what to do next. */
    public PreviewException(String sentence) {
        super(sentence);
    }

    /** Takes a sentence and what caused it. */
    public PreviewException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
