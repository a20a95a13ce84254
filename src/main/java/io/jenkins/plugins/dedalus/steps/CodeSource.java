package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Run;
import hudson.util.Secret;
import io.jenkins.plugins.dedalus.preview.ChangeContext;
import io.jenkins.plugins.dedalus.preview.Source;
import io.jenkins.plugins.dedalus.scm.GitToken;
import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** How a build's code reaches the machine, as an execution keeps it: never with a token. */
final class CodeSource implements Serializable {
    static final String WORKSPACE = "workspace";
    static final String GIT = "git";
    static final String NONE = "none";

    private static final long serialVersionUID = 1L;

    private final String kind;
    private WorkspaceArchive archive;

    private CodeSource(String kind) {
        this.kind = kind;
    }

    /** Checks what can be checked before anything is asked for. */
    static CodeSource of(String kind, ChangeContext change, StepContext context)
            throws IOException, InterruptedException {
        String known = kind == null ? NONE : kind;
        switch (known) {
            case NONE -> {
                return new CodeSource(known);
            }
            case GIT -> {
                if (change.gitUrl() == null || !change.gitUrl().matches("(?i)https?://.+") || change.commit() == null) {
                    throw new AbortException(Messages.CodeSource_noGit());
                }
                return new CodeSource(known);
            }
            case WORKSPACE -> {
                if (context.get(FilePath.class) == null) {
                    throw new AbortException(Messages.CodeSource_noWorkspace());
                }
                return new CodeSource(known);
            }
            default -> throw new AbortException(Messages.CodeSource_unknown(kind));
        }
    }

    /** Prepares the code: packs the workspace, or asks for a token. May wait; an interrupt ends it. */
    Source prepare(StepContext context, ChangeContext change, String ref) throws IOException, InterruptedException {
        return switch (kind) {
            case GIT -> git(context.get(Run.class), change, ref);
            case WORKSPACE -> archive(context).source();
            default -> new Source.Scripts();
        };
    }

    private static Source git(Run<?, ?> run, ChangeContext change, String ref) {
        Secret token = change.fork() ? null : GitToken.of(run);
        return new Source.Git(change.gitUrl(), ref, change.commit(), token == null ? null : token.getPlainText());
    }

    private WorkspaceArchive archive(StepContext context) throws IOException, InterruptedException {
        if (archive == null || !archive.exists()) {
            archive = WorkspaceArchive.pack(context);
            context.saveState();
        }
        return archive;
    }

    /** Lets go of what was prepared. */
    void dispose() {
        if (archive != null) {
            archive.delete();
        }
    }
}
