package io.jenkins.plugins.dedalus.preview.error;

/** The ledger can't be opened, read or written, or another process owns it. */
public class LedgerException extends PreviewException {
    private static final long serialVersionUID = 1L;

    /** Takes a sentence for a person: what failed, which object, what to do next. */
    public LedgerException(String sentence) {
        super(sentence);
    }

    /** Takes a sentence and what caused it. */
    public LedgerException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
