package io.jenkins.plugins.dedalus.build;

import hudson.model.InvisibleAction;
import hudson.model.Run;
import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Notes on a build that its pull request was to have no preview then, so that it is built again when that changes. */
@Restricted(NoExternalUse.class)
public final class SkippedPreview extends InvisibleAction {
    private final String reason;

    private SkippedPreview(String reason) {
        this.reason = reason;
    }

    /**
     * Notes it, once.
     *
     * @param reason a sentence
     * @throws IOException if the build can't be saved
     */
    public static void note(Run<?, ?> run, String reason) throws IOException {
        if (run.getAction(SkippedPreview.class) == null) {
            run.addAction(new SkippedPreview(reason));
            run.save();
        }
    }

    /** Why there was to be none, a sentence. */
    public String getReason() {
        return reason;
    }
}
