package io.jenkins.plugins.dedalus.scm;

import hudson.Extension;
import io.jenkins.plugins.dedalus.accounts.PreviewOwners;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Tells the jobs of previews by their links. */
@Extension
@Restricted(NoExternalUse.class)
public final class LinkedOwners implements PreviewOwners {
    @Override
    public Optional<String> jobOf(PreviewKey key) {
        return PreviewJobs.get().link(key).map(PreviewLink::job);
    }

    @Override
    public boolean related(PreviewKey one, PreviewKey other) {
        Optional<PreviewLink> first = PreviewJobs.get().link(one);
        Optional<PreviewLink> second = PreviewJobs.get().link(other);
        if (first.isEmpty() || second.isEmpty()) {
            return false;
        }
        return first.get().job().equals(second.get().job())
                || first.get().owner().equals(second.get().owner())
                        && ChangeSources.project(first.get()).isPresent();
    }
}
