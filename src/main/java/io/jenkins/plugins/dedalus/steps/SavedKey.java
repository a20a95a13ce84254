package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.FoundChange;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import io.jenkins.plugins.dedalus.scm.PreviewUse;
import java.io.Serializable;
import java.util.List;

/** Which preview a step is about, as its execution keeps it. */
final class SavedKey implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String repository;
    private final String changeId;
    private final String name;

    private SavedKey(PreviewKey key) {
        repository = key.repository();
        changeId = key.changeId();
        name = key.name();
    }

    PreviewKey key() {
        return new PreviewKey(repository, changeId, name);
    }

    /** What the step names, else what the branch source says, else what this job named before. */
    static SavedKey of(DedalusStep step, Run<?, ?> run, FoundChange found) throws AbortException {
        String changeId = step.getChangeId();
        if (changeId == null) {
            changeId = found.change().changeId();
        }
        List<PreviewLink> known = PreviewJobs.get().of(run.getParent());
        String name = step.getName();
        if (changeId == null) {
            changeId = name;
            name = null;
        }
        if (changeId == null) {
            throw new AbortException(
                    Messages.SavedKey_unnamed(step.getDescriptor().getFunctionName()));
        }
        String repository = step.getRepository() != null ? step.getRepository() : found.repository();
        if (repository == null) {
            PreviewKey named =
                    new PreviewKey(PreviewJobs.NAMED_BY_JOB + run.getParent().getFullName(), changeId, name);
            // The job may have had another name when the preview was made.
            PreviewKey before = known.stream()
                    .map(PreviewLink::key)
                    .filter(key -> key.repository().startsWith(PreviewJobs.NAMED_BY_JOB)
                            && key.changeId().equals(named.changeId())
                            && key.name().equals(named.name()))
                    .findFirst()
                    .orElseGet(() -> free(named, run));
            return new SavedKey(before);
        }
        return new SavedKey(new PreviewKey(repository, changeId, name));
    }

    /** Another job may have had this one's name, and its previews with it. */
    private static PreviewKey free(PreviewKey named, Run<?, ?> run) {
        PreviewKey key = named;
        int number = 2;
        while (taken(key, run)) {
            key = new PreviewKey(named.repository() + "~" + number, named.changeId(), named.name());
            number++;
        }
        return key;
    }

    private static boolean taken(PreviewKey key, Run<?, ?> run) {
        boolean anothers = PreviewJobs.get()
                .link(key)
                .filter(link ->
                        !link.gone() && !link.job().equals(run.getParent().getFullName()))
                .isPresent();
        return anothers || !PreviewUse.isFree(key, run.getParent());
    }
}
