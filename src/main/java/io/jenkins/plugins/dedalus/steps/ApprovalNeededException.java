package io.jenkins.plugins.dedalus.steps;

import io.jenkins.plugins.dedalus.preview.error.PreviewException;

/** A fork's commit that nobody has approved. */
final class ApprovalNeededException extends PreviewException {
    private static final long serialVersionUID = 1L;

    ApprovalNeededException(String sentence) {
        super(sentence);
    }
}
