package io.jenkins.plugins.dedalus.gc;

import hudson.Extension;
import io.jenkins.plugins.dedalus.scm.ChangeSources;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.util.Optional;
import java.util.Set;
import jenkins.branch.MultiBranchProject;
import jenkins.scm.api.SCMEvent;
import jenkins.scm.api.SCMEventListener;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMHeadEvent;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;

/**
 * Hears that a head was removed. Where the change request's server can be asked, its word counts and not the event's, which
 * anybody might have sent; elsewhere the event is the confirmation. Runs after branch-api's own listener.
 */
@Extension(ordinal = -100)
public class HeadEvents extends SCMEventListener {
    @Override
    public void onSCMHeadEvent(SCMHeadEvent<?> event) {
        if (event.getType() != SCMEvent.Type.REMOVED) {
            return;
        }
        for (PreviewLink link : PreviewJobs.get().all()) {
            if (link.head() != null) {
                removed(event, link).ifPresent(source -> close(link, source));
            }
        }
    }

    private static Optional<SCMSource> removed(SCMHeadEvent<?> event, PreviewLink link) {
        Optional<MultiBranchProject<?, ?>> project = ChangeSources.project(link);
        return project.flatMap(owner -> owner.getSCMSources().stream()
                .filter(source -> event.isMatch(source) && ChangeSources.isOf(link.key(), owner, source))
                .filter(source -> matches(event.heads(source).keySet(), link, source))
                .findFirst());
    }

    private static boolean matches(Set<SCMHead> heads, PreviewLink link, SCMSource source) {
        boolean askable = ChangeStates.of(source).isPresent();
        return heads.stream().anyMatch(head -> {
            if (head instanceof ChangeRequestSCMHead change) {
                return change.getId().equals(link.key().changeId());
            }
            // A closed pull request's event names its branch too, which lives on.
            return !askable && head.getName().equals(link.head());
        });
    }

    private static void close(PreviewLink link, SCMSource source) {
        String reason = Messages.HeadEvents_removed(link.head(), link.key().repository());
        if (ChangeStates.of(source).isPresent()) {
            Closings.suspected(link, reason);
        } else {
            Closings.confirmed(link.key(), reason);
        }
    }
}
