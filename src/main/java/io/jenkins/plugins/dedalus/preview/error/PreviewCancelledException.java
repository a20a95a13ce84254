package io.jenkins.plugins.dedalus.preview.error;

/** The operation was cancelled by its caller. */
public class PreviewCancelledException extends PreviewException {
    private static final long serialVersionUID = 1L;

    /** Takes a sentence for a person: what failed, which object, what to do next. */
    public PreviewCancelledException(String sentence) {
        super(sentence);
    }

    /** Takes a sentence and what caused it. */
    public PreviewCancelledException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
