package io.jenkins.plugins.dedalus.config;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import hudson.model.Item;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Whose Dedalus account pays for a preview: the global credentials, or those that a folder names. A preview stays with the
 * account that made its machine, whatever is configured later.
 *
 * @param credentialsId the folder's credentials id; null for the global configuration's, whichever they are
 * @param context the folder's full name; null exactly if {@code credentialsId} is
 */
@Restricted(NoExternalUse.class)
public record Account(String credentialsId, String context) {
    /** The account of the global configuration. */
    public static final Account GLOBAL = new Account(null, null);

    /** Checks that both are set, or none. */
    public Account {
        if ((credentialsId == null) != (context == null)) {
            throw new IllegalArgumentException("An account has both credentials and a folder, or none of them.");
        }
    }

    /** The account for new previews of {@code item}: that of the nearest folder that names credentials, else the global one. */
    public static Account of(Item item) {
        for (Item at = item; at != null; at = at.getParent() instanceof Item parent ? parent : null) {
            if (at instanceof AbstractFolder<?> folder) {
                DedalusFolderProperty property = folder.getProperties().get(DedalusFolderProperty.class);
                if (property != null && property.getCredentialsId() != null) {
                    return new Account(property.getCredentialsId(), folder.getFullName());
                }
            }
        }
        return GLOBAL;
    }

    /** Whether a job is inside of the account's folder; everything is inside of the global one. */
    public boolean covers(Item item) {
        return isGlobal() || (item.getFullName() + "/").startsWith(context + "/");
    }

    /** Whether both are the same folder's, or both the global one; a folder may have chosen other credentials since. */
    public boolean isOfSameOwner(Account other) {
        return Objects.equals(context, other.context);
    }

    /** Reads {@link #reference()}. */
    public static Account parse(String reference) {
        int at = Objects.requireNonNull(reference).indexOf('@');
        return at < 0 ? GLOBAL : new Account(reference.substring(0, at), reference.substring(at + 1));
    }

    /** {@code credentials id @ full name of the folder}, or {@code global}. A credentials id holds no {@code @}. */
    public String reference() {
        return isGlobal() ? "global" : credentialsId + "@" + context;
    }

    /** Whether it is the global configuration's. */
    public boolean isGlobal() {
        return credentialsId == null;
    }

    /** For people. */
    @Override
    public String toString() {
        return isGlobal() ? "the global account" : "the account of folder " + context + " (" + credentialsId + ")";
    }
}
