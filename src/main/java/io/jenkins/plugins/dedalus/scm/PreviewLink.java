package io.jenkins.plugins.dedalus.scm;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Which job a preview belongs to. Kept beside the ledger, because the engine knows no jobs.
 *
 * @param key the preview
 * @param job the job's full name; follows renames and moves
 * @param build the number of the build that asked last
 * @param base what is added to a build's number to tell newer requests from older ones, also when the job was made anew
 * @param head the name of the branch source's head, e.g. {@code PR-12}; null outside of pull request jobs
 * @param gone whether that job was deleted
 * @param approvals commits of a fork that somebody approved for that job, the oldest first; null for none. They stay when
 *     builds are deleted, and don't go over to another job.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@Restricted(NoExternalUse.class)
public record PreviewLink(
        PreviewKey key, String job, int build, long base, String head, boolean gone, List<Approval> approvals) {
    /** How many are kept. Who pushes more often than that to one change request is asked once more. */
    private static final int APPROVALS = 100;

    /** Takes no approvals for none. */
    public PreviewLink {
        approvals = approvals == null ? List.of() : List.copyOf(approvals);
    }

    static PreviewLink of(PreviewKey key, String job, int build, long base, String head) {
        return new PreviewLink(key, job, build, base, head, false, List.of());
    }

    PreviewLink at(String name) {
        return new PreviewLink(key, name, build, base, head, gone, approvals);
    }

    PreviewLink deleted() {
        return new PreviewLink(key, job, build, base, head, true, approvals);
    }

    PreviewLink asked(int number, long over, String of) {
        return new PreviewLink(key, job, number, over, of, false, approvals);
    }

    PreviewLink approved(Approval approval) {
        List<Approval> all = new ArrayList<>(approvals);
        all.add(approval);
        return new PreviewLink(
                key, job, build, base, head, gone, all.subList(Math.max(0, all.size() - APPROVALS), all.size()));
    }

    /** Who approved a commit; empty if nobody did. */
    Optional<Approval> approval(String commit) {
        return approvals.stream().filter(each -> each.commit().equals(commit)).findFirst();
    }

    /** The full name of what holds the job: for a pull request's job its multibranch project. Empty for Jenkins itself. */
    public String owner() {
        return job.substring(0, Math.max(0, job.lastIndexOf('/')));
    }
}
