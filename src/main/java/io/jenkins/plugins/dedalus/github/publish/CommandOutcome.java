package io.jenkins.plugins.dedalus.github.publish;

import java.time.Instant;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What came of a command that somebody wrote on a pull request.
 *
 * @param comment the command's comment
 * @param login who wrote it
 * @param text what was written
 * @param reaction how the command's comment is reacted to, as GitHub names it
 * @param sentence what our comment says about it; null if the reaction says enough
 * @param log lines of a log that were asked for, without secrets
 * @param at when
 */
@Restricted(NoExternalUse.class)
public record CommandOutcome(
        long comment, String login, String text, String reaction, String sentence, List<String> log, Instant at) {
    /** It was done, or begun. */
    public static final String DONE = "+1";
    /** It went wrong, or nobody knows what it means. */
    public static final String WRONG = "confused";
    /** Its author may not ask for it. */
    public static final String REFUSED = "-1";

    /** Copies the lines. */
    public CommandOutcome {
        log = List.copyOf(log);
    }
}
