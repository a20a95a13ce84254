package io.jenkins.plugins.dedalus.checks;

import hudson.ExtensionList;
import hudson.init.Terminator;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.LogTaskListener;
import io.jenkins.plugins.checks.api.ChecksPublisher;
import io.jenkins.plugins.checks.api.ChecksPublisherFactory;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.scm.ChangeSources;
import io.jenkins.plugins.dedalus.scm.ChangeSurface;
import io.jenkins.plugins.dedalus.surface.ChangeReader;
import io.jenkins.plugins.dedalus.surface.Gathering;
import io.jenkins.plugins.dedalus.surface.PreviewFacts;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.branch.MultiBranchProject;
import jenkins.model.Jenkins;
import jenkins.scm.api.SCMSource;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Tells the state of previews by checks on the commits of their builds. On a thread of its own; never fails a build. A check
 * that got lost is told by the next change: the plugins that publish them don't say whether they could.
 */
@OptionalExtension(requirePlugins = "checks-api")
@Restricted(NoExternalUse.class)
public final class ChecksSurface implements ChangeSurface {
    private static final Logger LOGGER = Logger.getLogger(ChecksSurface.class.getName());
    private static final Duration GATHER = Duration.ofSeconds(2);
    /** How many older builds may still have an open check. */
    private static final int OLDER = 10;

    private final EngineThreads threads = new EngineThreads("dedalus-checks", 1);
    private final Gathering gathering = new Gathering(threads, GATHER, this::show);

    @Override
    public void look(ChangeRef change, String project) {
        gathering.add(change, project);
    }

    /** Where nobody publishes checks of a job, others may tell its states. */
    @Override
    public boolean tellsStates(Job<?, ?> job) {
        return !isNobody(ChecksPublisherFactory.fromJob(job, TaskListener.NULL));
    }

    private static boolean isNobody(ChecksPublisher publisher) {
        return publisher instanceof ChecksPublisher.NullChecksPublisher;
    }

    private void show(ChangeRef change, String named) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            projects(change, named).filter(project -> wanted(change, project)).forEach(project -> ChangeReader.read(
                            change, project, Set.of())
                    .previews()
                    .forEach(facts -> build(facts, change, project).ifPresent(run -> show(run, facts))));
        }
    }

    private static Stream<MultiBranchProject<?, ?>> projects(ChangeRef change, String named) {
        Stream<MultiBranchProject<?, ?>> linked =
                ChangeReader.links(change).stream().flatMap(link -> ChangeSources.project(link).stream());
        Stream<MultiBranchProject<?, ?>> said = Stream.ofNullable(named)
                .flatMap(name -> Stream.ofNullable(Jenkins.get().getItemByFullName(name, MultiBranchProject.class)))
                .map(project -> (MultiBranchProject<?, ?>) project);
        return Stream.concat(linked, said).distinct();
    }

    private static boolean wanted(ChangeRef change, MultiBranchProject<?, ?> project) {
        for (SCMSource source : project.getSCMSources()) {
            if (ChangeSources.change(project, source, change.changeId()).equals(change)) {
                return ChangeSurface.statesWanted(source);
            }
        }
        return false;
    }

    /** The build that the facts are about. */
    private static Optional<Run<?, ?>> build(PreviewFacts facts, ChangeRef change, MultiBranchProject<?, ?> project) {
        if (facts.standing() == PreviewFacts.Standing.APPROVAL) {
            return ChangeReader.job(change, project).flatMap(ChangeReader::newest);
        }
        return ChangeReader.buildOf(change, facts.id());
    }

    private static void show(Run<?, ?> run, PreviewFacts facts) {
        PreviewCheck check = PreviewCheck.of(facts);
        if (ShownChecks.says(run, check)) {
            return;
        }
        Run<?, ?> before = run.getPreviousBuild();
        for (int i = 0; i < OLDER && before != null; i++) {
            if (ShownChecks.isOpen(before, check.name())) {
                publish(before, PreviewCheck.superseded(check.name()));
            }
            before = before.getPreviousBuild();
        }
        // A closed change request needs no check, only no open one.
        if (!facts.standing().over() || ShownChecks.isOpen(run, check.name())) {
            publish(run, check);
        }
    }

    private static void publish(Run<?, ?> run, PreviewCheck check) {
        ChecksPublisher publisher = ChecksPublisherFactory.fromRun(run, new LogTaskListener(LOGGER, Level.FINE));
        if (isNobody(publisher)) {
            return;
        }
        try {
            publisher.publish(check.details());
            ShownChecks.note(run, check);
        } catch (IOException | RuntimeException e) {
            LOGGER.log(
                    Level.WARNING,
                    e,
                    () -> "The check of " + run + " could not be published; the next change is told.");
        }
    }

    /** Lets go of its thread. */
    @Terminator
    public static void stop() {
        ExtensionList.lookup(ChangeSurface.class).stream()
                .filter(ChecksSurface.class::isInstance)
                .forEach(surface -> ((ChecksSurface) surface).threads.close());
    }
}
