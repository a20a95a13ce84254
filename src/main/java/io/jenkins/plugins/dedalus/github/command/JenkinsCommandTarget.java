package io.jenkins.plugins.dedalus.github.command;

import hudson.model.Job;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.github.PreviewPolicy;
import io.jenkins.plugins.dedalus.github.PreviewsTrait;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.api.PullFacts;
import io.jenkins.plugins.dedalus.github.publish.CommandOutcome;
import io.jenkins.plugins.dedalus.github.publish.GitHubSurface;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.scm.ChangeSources;
import io.jenkins.plugins.dedalus.surface.ChangeActions;
import io.jenkins.plugins.dedalus.surface.ChangeReader;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.branch.MultiBranchProject;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;

/** One pull request of one project. Acts as the system: what its commander may do, GitHub has said. */
final class JenkinsCommandTarget implements CommandTargets.CommandTarget {
    private static final Logger LOGGER = Logger.getLogger(JenkinsCommandTarget.class.getName());
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final GitHubSurface surface;
    private final MultiBranchProject<?, ?> project;
    private final GitHubSCMSource source;
    private final GitHubLogin login;
    private final GitHubAddress address;
    private final DueBuilds due;
    private final ChangeRef change;

    JenkinsCommandTarget(
            GitHubSurface surface,
            MultiBranchProject<?, ?> project,
            GitHubSCMSource source,
            GitHubLogin login,
            GitHubAddress address,
            DueBuilds due) {
        this.surface = surface;
        this.project = project;
        this.source = source;
        this.login = login;
        this.address = address;
        this.due = due;
        this.change = ChangeSources.change(project, source, address.number());
    }

    @Override
    public String project() {
        return project.getFullName();
    }

    @Override
    public GitHubLogin login() {
        return login;
    }

    @Override
    public GitHubAddress address() {
        return address;
    }

    @Override
    public boolean takesCommands() {
        return PreviewsTrait.takesCommands(source);
    }

    private List<PreviewRecord> open() {
        return ChangeReader.open(change, project, surface.known(change));
    }

    private Optional<Job<?, ?>> job() {
        return ChangeReader.job(change, project);
    }

    @Override
    public CompletableFuture<CommandTargets.Reply> follow(VerifiedEvent.Order order) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return begin(order).exceptionally(failure -> {
                // Whoever reads the pull request needn't know what Dedalus said.
                log(failure, order.command().text() + " by " + order.login() + " failed");
                return CommandTargets.Reply.refused(Messages.JenkinsCommandTarget_failed());
            });
        } catch (PreviewException e) {
            LOGGER.log(
                    Level.INFO,
                    e,
                    () -> change.describe() + ": " + order.command().text() + " is refused.");
            return CompletableFuture.completedFuture(CommandTargets.Reply.refused(e.getMessage()));
        } catch (RuntimeException e) {
            LOGGER.log(
                    Level.WARNING,
                    e,
                    () -> change.describe() + ": " + order.command().text() + " failed.");
            return CompletableFuture.completedFuture(
                    CommandTargets.Reply.refused(Messages.JenkinsCommandTarget_failed()));
        }
    }

    private CompletableFuture<CommandTargets.Reply> begin(VerifiedEvent.Order order) {
        Verb verb = order.command().verb();
        return switch (verb) {
            case REBUILD, APPROVE -> CompletableFuture.completedFuture(build(order));
            case LOGS -> CompletableFuture.completedFuture(logs());
            case STATE ->
                CompletableFuture.completedFuture(
                        open().isEmpty()
                                ? CommandTargets.Reply.refused(Messages.JenkinsCommandTarget_none())
                                : CommandTargets.Reply.done(
                                        Messages.JenkinsCommandTarget_state(TIME.format(order.now()))));
            default -> machines(order.command(), order.login());
        };
    }

    private CompletableFuture<CommandTargets.Reply> machines(Command command, String by) {
        List<PreviewRecord> open = open();
        if (open.isEmpty()) {
            return CompletableFuture.completedFuture(
                    CommandTargets.Reply.refused(Messages.JenkinsCommandTarget_none()));
        }
        return switch (command.verb()) {
            case WAKE ->
                ChangeActions.wake(noted(open, AuditLog.Deed.WAKE, by)).thenApply(awake -> CommandTargets.Reply.done());
            case SLEEP ->
                ChangeActions.sleep(noted(open, AuditLog.Deed.SLEEP, by))
                        .thenApply(agreed -> agreed
                                ? CommandTargets.Reply.done()
                                : CommandTargets.Reply.refused(Messages.JenkinsCommandTarget_awakeAlone()));
            case TEARDOWN ->
                ChangeActions.teardown(
                                noted(open, AuditLog.Deed.DELETE, by), Messages.JenkinsCommandTarget_takenDown(by))
                        .thenApply(gone -> CommandTargets.Reply.done());
            case PIN ->
                ChangeActions.pin(noted(open, AuditLog.Deed.PIN, by))
                        .thenApply(pinned -> CommandTargets.Reply.done(Messages.JenkinsCommandTarget_pinned()));
            case EXTEND ->
                ChangeActions.extend(
                                noted(open, AuditLog.Deed.EXTEND, by),
                                Durations.parse(command.argument()).orElseThrow())
                        .thenApply(end ->
                                CommandTargets.Reply.done(Messages.JenkinsCommandTarget_extended(TIME.format(end))));
            default -> throw new IllegalArgumentException(command.verb() + " is for no machine.");
        };
    }

    private static List<PreviewRecord> noted(List<PreviewRecord> previews, AuditLog.Deed deed, String by) {
        previews.forEach(record -> AuditLog.record(Messages.JenkinsCommandTarget_by(by), deed, record.key()));
        return previews;
    }

    private CommandTargets.Reply build(VerifiedEvent.Order order) {
        if (!order.pull().open()) {
            return CommandTargets.Reply.refused(Messages.JenkinsCommandTarget_closed());
        }
        Job<?, ?> job = job().orElseThrow(() -> new PreviewException(Messages.JenkinsCommandTarget_noJob()));
        Verb verb = order.command().verb();
        GitHubCause cause = GitHubCause.command(order.login(), verb);
        if (verb == Verb.APPROVE) {
            String by = Messages.JenkinsCommandTarget_by(order.login());
            ChangeActions.approve(change, job, order.command().argument(), by, cause);
        } else {
            ChangeActions.build(job, cause);
        }
        return CommandTargets.Reply.done();
    }

    private CommandTargets.Reply logs() {
        if (!PreviewsTrait.showsLogs(source)) {
            return CommandTargets.Reply.refused(Messages.JenkinsCommandTarget_noLogs());
        }
        List<String> lines = job().map(ChangeReader::newestLog).orElse(List.of());
        return lines.isEmpty()
                ? CommandTargets.Reply.refused(Messages.JenkinsCommandTarget_noLog())
                : new CommandTargets.Reply(true, Messages.JenkinsCommandTarget_logs(), lines);
    }

    @Override
    public void forbidden(String sentence) {
        surface.forbidden(login, address, sentence);
    }

    @Override
    public void answer(CommandOutcome notice) {
        surface.answer(change, project(), notice);
    }

    @Override
    public void reconsider(PullFacts pull) {
        Optional<PreviewPolicy> wish = PreviewsTrait.wish(source);
        if (wish.isEmpty() || !pull.open()) {
            return;
        }
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            // A preview that somebody asked for by a command goes on until a label or a draft says no.
            Optional<String> refusal = wish.get().refusal(pull, true);
            if (refusal.isPresent()) {
                retire(refusal.get());
            } else if (wish.get().refusal(pull, false).isEmpty()) {
                job().ifPresent(due::build);
            }
        } catch (PreviewException e) {
            LOGGER.log(Level.WARNING, e, () -> change.describe() + ": its previews don't follow its labels now.");
        }
    }

    /** Closes the previews of a pull request that wants none any more. */
    void retireIfUnwanted(PullFacts pull) {
        PreviewsTrait.wish(source).flatMap(wish -> wish.refusal(pull, true)).ifPresent(this::retire);
    }

    private void retire(String reason) {
        List<PreviewRecord> open = open();
        if (!open.isEmpty()) {
            job().ifPresent(job -> ChangeActions.noteUnwanted(job, reason));
            logged(ChangeActions.retire(open, reason), "could not be closed");
        }
    }

    @Override
    public void wakeForReview() {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            List<PreviewRecord> served = open().stream()
                    .filter(record -> record.deployedAt() != null)
                    .toList();
            logged(ChangeActions.wake(served), "could not be woken for a review");
        } catch (PreviewException e) {
            LOGGER.log(Level.WARNING, e, () -> change.describe() + ": its previews could not be woken for a review.");
        }
    }

    private void logged(CompletableFuture<Void> work, String what) {
        work.whenComplete((done, failure) -> {
            if (failure != null && !PreviewEngines.stopping()) {
                log(failure, "its previews " + what);
            }
        });
    }

    /** What the engine says is a sentence and needs no stack trace. */
    private void log(Throwable failure, String what) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof PreviewException || cause instanceof DedalusException) {
            LOGGER.log(Level.WARNING, () -> change.describe() + ": " + what + ". " + cause.getMessage());
        } else {
            LOGGER.log(Level.WARNING, cause, () -> change.describe() + ": " + what + ".");
        }
    }
}
