package io.jenkins.plugins.dedalus.scm;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.jenkins.plugins.dedalus.preview.PreviewKey;

/**
 * Which job a preview belongs to. Kept beside the ledger, because the engine knows no jobs.
 *
 * @param key the preview
 * @param job the job's full name; follows renames and moves
 * @param build the number of the build that asked last
 * @param base what is added to a build's number to tell newer requests from older ones, also when the job was made anew
 * @param head the name of the branch source's head, e.g. {@code PR-12}; null outside of pull request jobs
 * @param gone whether that job was deleted
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PreviewLink(PreviewKey key, String job, int build, long base, String head, boolean gone) {
    PreviewLink at(String name) {
        return new PreviewLink(key, name, build, base, head, gone);
    }

    PreviewLink deleted() {
        return new PreviewLink(key, job, build, base, head, true);
    }

    /** The full name of what holds the job: for a pull request's job its multibranch project. Empty for Jenkins itself. */
    public String owner() {
        return job.substring(0, Math.max(0, job.lastIndexOf('/')));
    }

    boolean within(String fullName) {
        return job.equals(fullName) || job.startsWith(fullName + "/");
    }
}
