package io.jenkins.plugins.dedalus.github.publish;

import hudson.ExtensionList;
import hudson.init.Terminator;
import hudson.model.PeriodicWork;
import io.jenkins.plugins.dedalus.github.PreviewsTrait;
import io.jenkins.plugins.dedalus.github.SurfacePart;
import io.jenkins.plugins.dedalus.github.api.Digests;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubClients;
import io.jenkins.plugins.dedalus.github.api.GitHubHttp;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.scm.ChangeSurface;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.okhttp.api.JenkinsOkHttpClient;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import jenkins.scm.api.SCMSource;
import okhttp3.OkHttpClient;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Shows previews on GitHub's pull requests: a deployment, a comment and a commit status, written with the branch source's own
 * credentials on threads of its own. Never fails a build.
 */
@OptionalExtension(requirePlugins = "github-branch-source")
@Restricted(NoExternalUse.class)
public final class GitHubSurface implements ChangeSurface {
    private static final int CALLS_AT_ONCE = 2;

    private final EngineThreads threads = new EngineThreads("dedalus-github", CALLS_AT_ONCE);
    private final PermissionRefusals refusals = new PermissionRefusals(Clock.systemUTC());
    private final PublishedStateFiles files = new PublishedStateFiles(
            Jenkins.get().getRootDir().toPath().resolve("dedalus").resolve("github"));
    private final CommandOutcomes notices = new CommandOutcomes(Clock.systemUTC());
    private final GitHubHttp http;
    private final Publisher publisher;

    /** Made by Jenkins. */
    public GitHubSurface() {
        OkHttpClient client =
                JenkinsOkHttpClient.newClientBuilder(new OkHttpClient()).build();
        // Two Jenkinses may have previews of one pull request.
        String instance =
                Digests.of("dedalus\n" + Jenkins.get().getLegacyInstanceId()).substring(0, 12);
        http = new GitHubHttp(GitHubClients.of(client));
        JenkinsPublicationState desk =
                new JenkinsPublicationState(files, http, new Answers(Clock.systemUTC()), refusals, notices, instance);
        publisher = new Publisher(threads, desk, PublisherSettings.DEFAULT);
    }

    /** The one of this Jenkins; empty without GitHub's branch source. */
    public static Optional<GitHubSurface> find() {
        return ExtensionList.lookup(ChangeSurface.class).stream()
                .filter(GitHubSurface.class::isInstance)
                .map(GitHubSurface.class::cast)
                .findFirst();
    }

    /** What calls GitHub. */
    public GitHubHttp http() {
        return http;
    }

    /** The threads for it, which no build and no preview waits for. */
    public EngineScheduler scheduler() {
        return threads;
    }

    /** Shows what came of a command. Returns at once. */
    public void answer(ChangeRef change, String project, CommandOutcome notice) {
        notices.add(change, notice);
        look(change, project);
    }

    /** Notes that credentials may not read what commands and labels take, for the monitor. */
    public void forbidden(GitHubLogin login, GitHubAddress address, String sentence) {
        refusals.add(login, address, SurfacePart.READING, sentence);
    }

    /** The ids of previews that a pull request's comment had. */
    public Set<String> known(ChangeRef change) {
        return files.load(change).map(shown -> shown.previews().keySet()).orElse(Set.of());
    }

    @Override
    public void look(ChangeRef change, String project) {
        publisher.look(change, project);
    }

    @Override
    public boolean wantsStates(SCMSource source) {
        return !(source instanceof GitHubSCMSource github)
                || PreviewsTrait.of(github).parts().contains(SurfacePart.STATUS);
    }

    /** What GitHub refused lately, a sentence or two each. */
    List<String> refused() {
        return refusals.sentences();
    }

    private void lookAtAll() {
        PreviewJobs.get().all().stream()
                .filter(link -> link.head() != null)
                .forEach(link -> look(ChangeRef.of(link.key()), null));
        files.all().forEach(change -> look(change, null));
    }

    /** Lets go of its threads. What is due is found again after the next start. */
    @Terminator
    public static void stop() {
        find().ifPresent(surface -> surface.threads.close());
    }

    /** Repairs what got lost: looks at every pull request from time to time. */
    @OptionalExtension(requirePlugins = "github-branch-source")
    public static final class Repair extends PeriodicWork {
        @Override
        public long getRecurrencePeriod() {
            return TimeUnit.MINUTES.toMillis(10);
        }

        @Override
        protected void doRun() {
            find().ifPresent(GitHubSurface::lookAtAll);
        }
    }

    /** What GitHub refused, and which permission is missing. */
    @OptionalExtension(requirePlugins = "github-branch-source")
    public static final class Refused extends io.jenkins.plugins.dedalus.monitors.DedalusMonitor {
        @Override
        public String getDisplayName() {
            return Messages.GitHubSurface_refused();
        }

        @Override
        public List<String> getSentences() {
            return find().map(GitHubSurface::refused).orElse(List.of());
        }
    }
}
