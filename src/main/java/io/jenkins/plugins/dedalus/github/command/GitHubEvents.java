package io.jenkins.plugins.dedalus.github.command;

import hudson.model.Item;
import io.jenkins.plugins.dedalus.github.GitHubSurface;
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
import org.kohsuke.github.GHEvent;

/** Hears of comments, labels, drafts and requested reviews. Only says where to look; whoever sends events waits for nothing. */
@OptionalExtension(requirePlugins = "github-branch-source")
public final class GitHubEvents extends GHEventsSubscriber {
    private Mailroom mailroom;

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
    protected void onEvent(GHSubscriberEvent event) {
        Optional<Rumour> rumour = Rumour.of(event.getPayload());
        rumour.filter(JenkinsOffice::knows)
                .ifPresent(each -> mailroom().ifPresent(room -> room.take(each, delay(each))));
    }

    /** GitHub's API may be slower than its events; a comment's absence is noticed, a label's isn't. */
    private static Duration delay(Rumour rumour) {
        return rumour.kind() == Rumour.Kind.COMMAND
                ? Duration.ZERO
                : Duration.ofSeconds(GitHubSCMSource.getEventDelaySeconds());
    }

    private synchronized Optional<Mailroom> mailroom() {
        if (mailroom == null) {
            mailroom = GitHubSurface.find().map(GitHubEvents::mailroom).orElse(null);
        }
        return Optional.ofNullable(mailroom);
    }

    private static Mailroom mailroom(GitHubSurface surface) {
        Clock clock = Clock.systemUTC();
        Path spent = Jenkins.get().getRootDir().toPath().resolve("dedalus");
        Conversation conversation = new Conversation(
                new JenkinsOffice(surface), new Hearing(surface.http(), clock), new SpentComments(spent), clock);
        return new Mailroom(surface.scheduler(), conversation::follow);
    }
}
