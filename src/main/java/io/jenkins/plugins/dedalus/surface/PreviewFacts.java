package io.jenkins.plugins.dedalus.surface;

import java.time.Instant;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * One preview as people should see it where its change request lives. Holds no secret. Whether the machine sleeps isn't in
 * it: that changes all day, and a link wakes it anyway. Everything may be null unless said otherwise.
 *
 * @param id the preview's id, e.g. {@code pr-12-shop-x7f2}; never null
 * @param name its name where the change request has several, else null
 * @param standing where it stands; never null
 * @param commit the full hash that the standing is about
 * @param served the full hash that the address shows; null while it shows none
 * @param address where people open it; null while there is nothing to open
 * @param logUrl the build that asked last
 * @param problem a sentence: why it failed, or why it closed
 * @param log the last lines of a failed build's log, without secrets; never null
 * @param deleteAt when machine and data are deleted; null unless closing
 * @param cost what it cost this month, for people
 * @param expiresAt when it is closed because nobody looks; null unless that is soon
 */
@Restricted(NoExternalUse.class)
public record PreviewFacts(
        String id,
        String name,
        Standing standing,
        String commit,
        String served,
        String address,
        String logUrl,
        String problem,
        List<String> log,
        Instant deleteAt,
        String cost,
        Instant expiresAt) {
    private static final String CONTEXT = "dedalus/preview";

    /** Where a preview stands. */
    public enum Standing {
        /** On its way to a commit. */
        BUILDING,
        /** Shows its commit, at once or after a wake. */
        READY,
        /** The last attempt failed. */
        FAILED,
        /** A fork's commit that nobody has approved yet. */
        APPROVAL,
        /** Its change request is closed; asleep until it is deleted. */
        CLOSING,
        /** Gone. */
        CLOSED;

        /** Whether viewers get nothing any more. */
        public boolean over() {
            return this == CLOSING || this == CLOSED;
        }
    }

    /** Copies the log's lines. */
    public PreviewFacts {
        log = log == null ? List.of() : List.copyOf(log);
    }

    /** What names the preview's state on a commit, e.g. {@code dedalus/preview}. */
    public String context() {
        return name == null ? CONTEXT : CONTEXT + "/" + name;
    }

    /** How it stands, in a sentence. */
    public String sentence() {
        return switch (standing) {
            case BUILDING -> "The preview is being built.";
            case READY -> "The preview is ready.";
            case FAILED -> problem == null ? "The preview failed." : problem.replaceAll("\\p{Cntrl}+", " ");
            case APPROVAL -> "A fork's commit: somebody must read and approve it before it gets a preview.";
            case CLOSING -> "The change request is closed.";
            case CLOSED -> "The preview is deleted.";
        };
    }

    /** One that is gone. */
    public static PreviewFacts closed(String id) {
        return new PreviewFacts(id, null, Standing.CLOSED, null, null, null, null, null, null, null, null, null);
    }
}
