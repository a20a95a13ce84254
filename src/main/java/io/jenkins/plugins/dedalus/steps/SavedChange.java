package io.jenkins.plugins.dedalus.steps;

import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.scm.FoundChange;
import java.io.Serializable;

/** The change request that a build is for, as an execution keeps it. */
final class SavedChange implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String branch;
    private final String url;
    private final String gitUrl;
    private final String commit;
    private final String target;
    private final boolean fork;
    private final String head;
    private final String ref;

    SavedChange(FoundChange found) {
        ChangeContext change = found.change();
        branch = change.branch();
        url = change.url();
        gitUrl = change.gitUrl();
        commit = change.commit();
        target = change.target();
        fork = change.fork();
        head = found.head();
        ref = found.ref();
    }

    ChangeContext context(String changeId) {
        return new ChangeContext(changeId, branch, url, gitUrl, commit, target, fork);
    }

    boolean fork() {
        return fork;
    }

    String head() {
        return head;
    }

    String ref() {
        return ref;
    }
}
