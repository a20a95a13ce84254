package io.jenkins.plugins.dedalus.accounts;

import hudson.Extension;
import hudson.model.Item;
import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Keeps an account with its folder when that gets another name. */
@Extension
@Restricted(NoExternalUse.class)
public final class FolderMoves extends ItemListener {
    private static final Logger LOGGER = Logger.getLogger(FolderMoves.class.getName());

    @Override
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {
        try {
            PreviewEngines.get().engines().moved(oldFullName, newFullName);
        } catch (PreviewsUnavailableException | LedgerException e) {
            LOGGER.log(Level.WARNING, Messages.PreviewEngines_notFollowed(oldFullName, newFullName), e);
        }
    }
}
