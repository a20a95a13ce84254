package io.jenkins.plugins.dedalus.gc;

import hudson.Extension;
import io.jenkins.plugins.dedalus.scm.ChangeSources;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.branch.MultiBranchProject;
import jenkins.scm.api.SCMEvent;
import jenkins.scm.api.SCMEventListener;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMHeadEvent;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Hears that a head was removed. Anybody might have sent such an event: the machine sleeps, and what the change request's
 * server or the branch source say when they are asked decides. Runs after branch-api's own listener.
 */
@Extension(ordinal = -100)
@Restricted(NoExternalUse.class)
public class HeadEvents extends SCMEventListener {
    private static final Logger LOGGER = Logger.getLogger(HeadEvents.class.getName());

    @Override
    public void onSCMHeadEvent(SCMHeadEvent<?> event) {
        if (event.getType() != SCMEvent.Type.REMOVED) {
            return;
        }
        Map<String, List<PreviewLink>> byOwner = PreviewJobs.get().all().stream()
                .filter(link -> link.head() != null)
                .collect(Collectors.groupingBy(PreviewLink::owner));
        byOwner.values().forEach(links -> {
            try {
                hear(event, links);
            } catch (RuntimeException e) {
                // One odd branch source must not keep the others from hearing of it.
                LOGGER.log(
                        Level.WARNING,
                        e,
                        () -> Messages.HeadEvents_notHeard(links.get(0).owner()));
            }
        });
    }

    /** The links of one project: its sources are asked once whether the event is theirs. */
    private static void hear(SCMHeadEvent<?> event, List<PreviewLink> links) {
        Optional<MultiBranchProject<?, ?>> project = ChangeSources.project(links.get(0));
        if (project.isEmpty()) {
            return;
        }
        for (SCMSource source : project.get().getSCMSources()) {
            if (event.isMatch(source)) {
                Set<SCMHead> heads = event.heads(source).keySet();
                links.stream()
                        .filter(link -> ChangeSources.isOf(link.key(), project.get(), source))
                        .filter(link -> matches(heads, link, source))
                        .forEach(link -> Closings.suspected(
                                link,
                                Messages.HeadEvents_removed(
                                        link.head(), link.key().repository()),
                                true));
            }
        }
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
}
