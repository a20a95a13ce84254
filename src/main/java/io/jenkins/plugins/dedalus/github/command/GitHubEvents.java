package io.jenkins.plugins.dedalus.github.command;

import hudson.model.Item;
import io.jenkins.plugins.dedalus.github.publish.GitHubSurface;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import jenkins.model.Jenkins;
import jenkins.scm.api.SCMSourceOwner;
import org.jenkinsci.plugins.github.extension.GHEventsSubscriber;
import org.jenkinsci.plugins.github.extension.GHSubscriberEvent;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.github.GHEvent;

/** Hears of comments, labels, drafts and requested reviews. Only says where to look; whoever sends events waits for nothing. */
@OptionalExtension(requirePlugins = "github-branch-source")
@Restricted(NoExternalUse.class)
public final class GitHubEvents extends GHEventsSubscriber {
    private EventQueue queue;

    @Override
    protected boolean isApplicable(Item item) {
        return item != null && (hasSource(item) || hasSource(item.getParent()));
    }

    private static boolean hasSource(Object owner) {
        return owner instanceof SCMSourceOwner of
                && of.getSCMSources().stream().anyMatch(GitHubSCMSource.class::isInstance);
    }

    @Override
    protected Set<GHEvent> events() {
        return Set.of(GHEvent.ISSUE_COMMENT, GHEvent.PULL_REQUEST);
    }

    @Override
    protected void onEvent(GHSubscriberEvent received) {
        Optional<UnverifiedEvent> event = UnverifiedEvent.of(received.getPayload());
        event.filter(JenkinsCommandTargets::knows)
                .ifPresent(each -> queue().ifPresent(waiting -> waiting.take(each, delay(each))));
    }

    /** GitHub's API may be slower than its events; a comment's absence is noticed, a label's isn't. */
    private static Duration delay(UnverifiedEvent event) {
        return event.kind() == UnverifiedEvent.Kind.COMMAND
                ? Duration.ZERO
                : Duration.ofSeconds(GitHubSCMSource.getEventDelaySeconds());
    }

    private synchronized Optional<EventQueue> queue() {
        if (queue == null) {
            queue = GitHubSurface.find().map(GitHubEvents::queue).orElse(null);
        }
        return Optional.ofNullable(queue);
    }

    private static EventQueue queue(GitHubSurface surface) {
        Clock clock = Clock.systemUTC();
        Path spent = Jenkins.get().getRootDir().toPath().resolve("dedalus");
        CommandHandler handler = new CommandHandler(
                new JenkinsCommandTargets(surface),
                new EventVerifier(surface.http(), clock),
                new SpentComments(spent),
                clock);
        return new EventQueue(surface.scheduler(), handler::follow);
    }
}
