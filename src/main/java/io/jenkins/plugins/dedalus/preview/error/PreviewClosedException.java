package io.jenkins.plugins.dedalus.preview.error;

/** The preview was taken down while, or before, this operation ran. */
public class PreviewClosedException extends PreviewException {
    private static final long serialVersionUID = 1L;

    /** Takes a sentence for a person: what failed, which object, what to do next. */
    public PreviewClosedException(String sentence) {
        super(sentence);
    }

    /** Takes a sentence and what caused it. */
    public PreviewClosedException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
