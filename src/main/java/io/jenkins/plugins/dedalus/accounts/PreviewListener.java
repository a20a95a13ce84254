package io.jenkins.plugins.dedalus.accounts;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Hears of every preview there is when Jenkins starts, and of every change of one, in any account's ledger. Called while the
 * ledger writes: must be quick, must not block and must not call the ledger.
 */
@Restricted(NoExternalUse.class)
public interface PreviewListener extends ExtensionPoint {
    /**
     * A record changed.
     *
     * @param before what it was; null if it is new
     * @param after what it is; null if it was forgotten
     */
    void changed(PreviewRecord before, PreviewRecord after);

    /** Tells all. */
    static void tell(PreviewRecord before, PreviewRecord after) {
        ExtensionList.lookup(PreviewListener.class).forEach(listener -> listener.changed(before, after));
    }
}
