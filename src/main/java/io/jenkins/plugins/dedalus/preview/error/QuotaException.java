package io.jenkins.plugins.dedalus.preview.error;

/** No further machine is allowed; the message says which preview could be closed. */
public class QuotaException extends PreviewException {
    private static final long serialVersionUID = 1L;

    /** Takes a sentence for a person: what failed, which object, what to do next. */
    public QuotaException(String sentence) {
        super(sentence);
    }

    /** Takes a sentence and what caused it. */
    public QuotaException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
