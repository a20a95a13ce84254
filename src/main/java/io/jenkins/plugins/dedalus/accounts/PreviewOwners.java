package io.jenkins.plugins.dedalus.accounts;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Which job a preview is for, as far as accounts need to know. Must be quick and must not block. */
@Restricted(NoExternalUse.class)
public interface PreviewOwners extends ExtensionPoint {
    /** The full name of a preview's job, also if that was deleted; empty if there never was one. */
    Optional<String> jobOf(PreviewKey key);

    /** Whether builds for one preview may be told of another: both are one job's, or one multibranch project's. */
    boolean related(PreviewKey one, PreviewKey other);

    /** What this Jenkins knows of it. */
    static PreviewOwners get() {
        return ExtensionList.lookupFirst(PreviewOwners.class);
    }
}
