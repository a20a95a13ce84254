package io.jenkins.plugins.dedalus.accounts;

import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The engine can't be used now: nothing configured, credentials gone, the ledger held by another. The message says which. */
@Restricted(NoExternalUse.class)
public class PreviewsUnavailableException extends PreviewException {
    private static final long serialVersionUID = 1L;

    /** Takes a sentence for a person. */
    public PreviewsUnavailableException(String sentence) {
        super(sentence);
    }

    /** Takes a sentence and what caused it. */
    public PreviewsUnavailableException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
