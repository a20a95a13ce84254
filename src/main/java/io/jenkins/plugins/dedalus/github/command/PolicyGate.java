package io.jenkins.plugins.dedalus.github.command;

import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.github.PreviewPolicy;
import io.jenkins.plugins.dedalus.github.PreviewPolicy.When;
import io.jenkins.plugins.dedalus.github.PreviewsTrait;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.api.PullFacts;
import io.jenkins.plugins.dedalus.github.api.Sources;
import io.jenkins.plugins.dedalus.github.command.EventVerifier.Found;
import io.jenkins.plugins.dedalus.github.publish.GitHubSurface;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.PreviewGate;
import java.time.Clock;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.branch.MultiBranchProject;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMSource;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.github_branch_source.PullRequestSCMHead;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Asks GitHub, when a build asks for a preview, whether its pull request wants one: by its labels and its draft state. */
@OptionalExtension(requirePlugins = "github-branch-source")
@Restricted(NoExternalUse.class)
public final class PolicyGate implements PreviewGate {
    private static final Logger LOGGER = Logger.getLogger(PolicyGate.class.getName());

    @Override
    public Optional<String> refusal(Run<?, ?> run, PreviewKey key) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Job<?, ?> job = run.getParent();
            SCMSource source = SCMSource.SourceByItem.findSource(job);
            Optional<GitHubSurface> surface = GitHubSurface.find();
            if (surface.isEmpty()
                    || !(source instanceof GitHubSCMSource github)
                    || !(SCMHead.HeadByItem.findHead(job) instanceof PullRequestSCMHead head)
                    || !(job.getParent() instanceof MultiBranchProject<?, ?> project)) {
                return Optional.empty();
            }
            Optional<PreviewPolicy> wish = PreviewsTrait.wish(github);
            Optional<GitHubLogin> login = Sources.login(github);
            Optional<GitHubAddress> address = Sources.address(github, Integer.toString(head.getNumber()));
            if (wish.isEmpty() || login.isEmpty() || address.isEmpty()) {
                return Optional.empty();
            }
            boolean open = PreviewEngines.get()
                    .record(key)
                    .filter(record -> !record.down())
                    .map(PreviewRecord::key)
                    .isPresent();
            Found<PullFacts> pull =
                    new EventVerifier(surface.get().http(), Clock.systemUTC()).pull(login.get(), address.get());
            if (pull.value() == null) {
                if (pull.instead() instanceof VerifiedEvent.Nothing nothing && nothing.forbidden()) {
                    surface.get().forbidden(login.get(), address.get(), nothing.why());
                }
                return unknown(wish.get(), open, pull.instead());
            }
            if (open) {
                // An event may have got lost.
                new JenkinsCommandTarget(surface.get(), project, github, login.get(), address.get(), new DueBuilds())
                        .retireIfUnwanted(pull.value());
            }
            return wish.get().refusal(pull.value(), open || isCommanded(run));
        }
    }

    private static boolean isCommanded(Run<?, ?> run) {
        GitHubCause cause = run.getCause(GitHubCause.class);
        return cause != null && cause.isCommand();
    }

    private static Optional<String> unknown(PreviewPolicy wish, boolean open, VerifiedEvent instead) {
        String why = instead instanceof VerifiedEvent.Later later
                ? later.why()
                : instead instanceof VerifiedEvent.Nothing nothing ? nothing.why() : "";
        if (open || wish.when() == When.ALWAYS) {
            LOGGER.log(Level.WARNING, () -> "Labels of a pull request were not read. " + why);
            return Optional.empty();
        }
        throw new PreviewException(Messages.PolicyGate_unknown(why));
    }
}
