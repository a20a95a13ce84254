package io.jenkins.plugins.dedalus.accounts;

import hudson.security.ACL;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.core.Authentication;

/**
 * Who did what to a preview, for whoever is asked about it later: a line for each deed, at {@link Level#INFO} in the logger
 * {@value #NAME}, so that a log recorder or an audit plugin can keep it apart. Holds no secret and no address of Dedalus.
 */
@Restricted(NoExternalUse.class)
public final class AuditLog {
    /** The logger's name. */
    public static final String NAME = "io.jenkins.plugins.dedalus.audit";

    private static final Logger LOGGER = Logger.getLogger(NAME);

    private AuditLog() {}

    /** What was done. */
    public enum Deed {
        WAKE("woke"),
        SLEEP("put to sleep"),
        BUILD("had built"),
        APPROVE("approved a commit of a fork for"),
        DELETE("took down"),
        RESET("threw away the data of"),
        ADOPT("named the machine of"),
        PIN("pinned"),
        UNPIN("unpinned"),
        EXTEND("extended the life of"),
        VIEW("was let see");

        private final String words;

        Deed(String words) {
            this.words = words;
        }
    }

    /**
     * Notes what somebody did, or asked for: whether it came to pass is in the preview's own log.
     *
     * @param by a user's id, or words for somebody who is none, such as a build
     */
    public static void record(String by, Deed deed, PreviewKey key) {
        LOGGER.log(
                Level.INFO,
                () -> oneLine(by) + " " + deed.words + " preview " + key.id() + " (" + oneLine(key.repository())
                        + ", change request " + oneLine(key.changeId()) + ").");
    }

    /** The same for the user at hand; what Jenkins does by itself is nobody's deed. */
    public static void record(Deed deed, PreviewKey key) {
        Authentication who = Jenkins.getAuthentication2();
        if (!who.equals(ACL.SYSTEM2)) {
            record(who.getName(), deed, key);
        }
    }

    /** A name must not look like another line. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
