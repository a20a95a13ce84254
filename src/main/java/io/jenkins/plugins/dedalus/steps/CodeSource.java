package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.Source;
import io.jenkins.plugins.dedalus.scm.FetchToken;
import io.jenkins.plugins.dedalus.steps.workspace.WorkspaceArchive;
import io.jenkins.plugins.dedalus.steps.workspace.WorkspacePacking;
import io.jenkins.plugins.dedalus.steps.workspace.WorkspaceScanner;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** How a build's code reaches the machine, as an execution keeps it: never with a token. */
final class CodeSource implements Serializable {
    static final String WORKSPACE = "workspace";
    static final String GIT = "git";
    static final String NONE = "none";

    private static final long serialVersionUID = 1L;

    private final String kind;
    private final WorkspaceScanner scanner;
    private WorkspaceArchive archive;
    private transient volatile WorkspacePacking packing;
    private transient volatile FetchToken token;

    private CodeSource(String kind, WorkspaceScanner scanner) {
        this.kind = kind;
        this.scanner = scanner;
    }

    /** Checks what can be checked before anything is asked for. */
    static CodeSource of(DedalusPreviewStep step, ChangeContext change, StepContext context)
            throws IOException, InterruptedException {
        String kind = step.getSource();
        String known = kind == null ? NONE : kind;
        switch (known) {
            case NONE -> {
                return new CodeSource(known, null);
            }
            case GIT -> {
                if (change.gitUrl() == null || !change.gitUrl().matches("(?i)https?://.+") || change.commit() == null) {
                    throw new AbortException(Messages.CodeSource_noGit());
                }
                return new CodeSource(known, null);
            }
            case WORKSPACE -> {
                if (context.get(FilePath.class) == null) {
                    throw new AbortException(Messages.CodeSource_noWorkspace());
                }
                Integer given = step.getWorkspaceLimitMib();
                int limit = given == null ? DedalusPreviewStep.WORKSPACE_LIMIT_MIB : given;
                if (limit < 1) {
                    throw new AbortException(Messages.CodeSource_limit(limit));
                }
                return new CodeSource(known, new WorkspaceScanner(excludes(step), limit));
            }
            default -> throw new AbortException(Messages.CodeSource_unknown(kind));
        }
    }

    private static List<String> excludes(DedalusPreviewStep step) {
        return step.getExcludes() == null
                ? List.of()
                : Stream.of(step.getExcludes().split("[,\n]"))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .toList();
    }

    /** Prepares the code: packs the workspace, or asks for a token. May wait a little; an interrupt ends that. */
    CompletableFuture<Source> prepare(StepContext context, ChangeContext change, String ref)
            throws IOException, InterruptedException {
        return switch (kind) {
            case GIT -> CompletableFuture.completedFuture(git(context.get(Run.class), change, ref));
            case WORKSPACE -> archive(context).thenApply(WorkspaceArchive::source);
            default -> CompletableFuture.completedFuture(new Source.Scripts());
        };
    }

    /** Whether the agent that has the workspace is waited for. */
    boolean waits() {
        WorkspacePacking running = packing;
        return running != null && running.waits();
    }

    private Source git(Run<?, ?> run, ChangeContext change, String ref) {
        FetchToken given = change.fork() ? null : FetchToken.of(run);
        token = given;
        return new Source.Git(
                change.gitUrl(),
                ref,
                change.commit(),
                given == null ? null : given.secret().getPlainText());
    }

    private CompletableFuture<WorkspaceArchive> archive(StepContext context) {
        if (archive != null && archive.exists()) {
            return CompletableFuture.completedFuture(archive);
        }
        WorkspaceScanner of =
                scanner != null ? scanner : new WorkspaceScanner(List.of(), DedalusPreviewStep.WORKSPACE_LIMIT_MIB);
        packing = new WorkspacePacking(context, of);
        return packing.begin().thenApply(packed -> {
            archive = packed;
            context.saveState();
            return packed;
        });
    }

    /** Lets go of what was prepared, or is being prepared. A token that was made for this fetch is good for nothing then. */
    void dispose() {
        FetchToken held = token;
        token = null;
        if (held != null) {
            held.revoke();
        }
        WorkspacePacking running = packing;
        if (running != null) {
            running.cancel();
        }
        if (archive != null) {
            archive.delete();
        }
    }
}
