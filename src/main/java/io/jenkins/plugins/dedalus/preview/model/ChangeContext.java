package io.jenkins.plugins.dedalus.preview.model;

/**
 * The change request a preview shows; scripts get it as CHANGE_ID, CHANGE_BRANCH, CHANGE_URL, CHANGE_TARGET, GIT_URL, GIT_COMMIT.
 * Everything but the id may be null.
 *
 * @param changeId the change request's number as text
 * @param branch the source branch
 * @param url the change request's page
 * @param gitUrl where the code can be cloned, without credentials
 * @param commit the commit to show, a full hash
 * @param target the branch it wants to be merged into
 * @param fork whether the source branch lives in a fork
 */
public record ChangeContext(
        String changeId, String branch, String url, String gitUrl, String commit, String target, boolean fork) {

    /** The commit's first 10 characters, or a dash when there is none; for sentences. */
    public String shortCommit() {
        return commit == null ? "-" : commit.substring(0, Math.min(10, commit.length()));
    }
}
