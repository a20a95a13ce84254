package io.jenkins.plugins.dedalus.scm;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.Optional;

/** Says of which change requests a team wants no preview, however their builds ask: by their labels, or because they are drafts. */
public interface PreviewGate extends ExtensionPoint {
    /**
     * Why a build gets no preview. May ask the change request's server: not for threads that must not wait.
     *
     * @return a sentence; empty if it gets one, or this is none of the gate's business
     * @throws io.jenkins.plugins.dedalus.preview.error.PreviewException with a sentence if that can't be found out
     */
    Optional<String> refusal(Run<?, ?> run, PreviewKey key);

    /** What the first gate says that refuses. */
    static Optional<String> ask(Run<?, ?> run, PreviewKey key) {
        return ExtensionList.lookup(PreviewGate.class).stream()
                .flatMap(gate -> gate.refusal(run, key).stream())
                .findFirst();
    }
}
