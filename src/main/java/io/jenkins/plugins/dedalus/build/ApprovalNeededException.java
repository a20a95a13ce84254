package io.jenkins.plugins.dedalus.build;

import io.jenkins.plugins.dedalus.preview.error.PreviewException;

/** A fork's commit that nobody has approved. */
public final class ApprovalNeededException extends PreviewException {
    private static final long serialVersionUID = 1L;

    public ApprovalNeededException(String sentence) {
        super(sentence);
    }
}
