package io.jenkins.plugins.dedalus.surface;

import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.ForkApproval;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import io.jenkins.plugins.dedalus.build.SkippedPreview;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import io.jenkins.plugins.dedalus.surface.PreviewFacts.Standing;
import io.jenkins.plugins.dedalus.view.Costs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.branch.MultiBranchProject;
import jenkins.model.JenkinsLocationConfiguration;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Reads what should be shown of a change request's previews now. Looks as whoever calls; may wait a moment for Dedalus. */
@Restricted(NoExternalUse.class)
public final class ChangeReader {
    private static final Logger LOGGER = Logger.getLogger(ChangeReader.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int LOG_LINES = 20;
    private static final int BUILDS = 5;

    private ChangeReader() {}

    /** The links of a change request's previews, by preview id. */
    public static List<PreviewLink> links(ChangeRef change) {
        return PreviewJobs.get().of(change).stream()
                .filter(link -> link.head() != null)
                .toList();
    }

    /**
     * What to show.
     *
     * @param known ids of previews that were shown there before, and so once were a job's of this change request
     */
    public static ChangeFacts read(ChangeRef change, MultiBranchProject<?, ?> project, Set<String> known) {
        List<PreviewFacts> previews = new ArrayList<>();
        for (PreviewLink link : links(change)) {
            if (known.contains(link.key().id()) || isOfChange(link, change)) {
                PreviewEngines.get().record(link.key()).map(ChangeReader::facts).ifPresent(previews::add);
            }
        }
        waiting(change, project).ifPresent(facts -> {
            previews.removeIf(each -> each.id().equals(facts.id()));
            previews.add(0, facts);
        });
        known.stream()
                .filter(id -> previews.stream().noneMatch(each -> each.id().equals(id)))
                .forEach(id -> previews.add(PreviewFacts.closed(id)));
        return new ChangeFacts(change, project.getFullName(), previews);
    }

    /**
     * A change request's previews that people may do something with: those that aren't on their way out.
     *
     * @param project its multibranch project; previews of another project with the same repository are left out
     * @param known ids of previews that were shown there before, and so once were a job's of this change request
     */
    public static List<PreviewRecord> open(ChangeRef change, MultiBranchProject<?, ?> project, Set<String> known) {
        return links(change).stream()
                .filter(link -> link.owner().equals(project.getFullName()))
                .filter(link -> known.contains(link.key().id()) || isOfChange(link, change))
                .flatMap(link -> PreviewEngines.get().record(link.key()).stream())
                .filter(record -> !record.down())
                .toList();
    }

    /** The last lines of a change request's newest build, as Jenkins keeps them: without secrets that it masks. */
    public static List<String> newestLog(Job<?, ?> job) {
        return Optional.<Run<?, ?>>ofNullable(job.getLastBuild())
                .map(ChangeReader::log)
                .orElse(List.of());
    }

    /** A number in a step's parameter proves nothing: the job must be that change request's. */
    private static boolean isOfChange(PreviewLink link, ChangeRef change) {
        return PreviewJobs.job(link).filter(job -> isOfChange(job, change)).isPresent();
    }

    private static boolean isOfChange(Job<?, ?> job, ChangeRef change) {
        return SCMHead.HeadByItem.findHead(job) instanceof ChangeRequestSCMHead head
                && head.getId().equals(change.changeId());
    }

    private static PreviewFacts facts(PreviewRecord record) {
        Optional<Run<?, ?>> run = PreviewJobs.buildOf(record);
        Standing standing = standing(record, run);
        String asked = record.change() == null ? null : record.change().commit();
        boolean settled = standing == Standing.READY || asked == null;
        return new PreviewFacts(
                record.key().id(),
                name(record.key()),
                standing,
                settled && record.commit() != null ? record.commit() : asked,
                record.deployedAt() == null ? null : record.commit(),
                address(record),
                run.map(ChangeReader::address).orElse(null),
                standing.over() && record.closing() != null ? record.closing().reason() : record.problem(),
                standing == Standing.FAILED ? run.map(ChangeReader::log).orElse(List.of()) : List.of(),
                standing == Standing.CLOSING && record.closing() != null
                        ? record.closing().deleteAt()
                        : null,
                standing.over() ? null : Costs.of(record, PATIENCE).orElse(null),
                standing == Standing.READY && record.lifetime().announced()
                        ? record.lifetime().expiresAt()
                        : null);
    }

    private static Standing standing(PreviewRecord record, Optional<Run<?, ?>> run) {
        if (record.down()) {
            return record.state() == PreviewState.CLOSED ? Standing.CLOSED : Standing.CLOSING;
        }
        return switch (record.state()) {
            case PROVISIONING -> Standing.BUILDING;
            // The log's end, which says why, comes with the build's.
            case FAILED -> run.filter(Run::isBuilding).isPresent() ? Standing.BUILDING : Standing.FAILED;
            // A closing that may be a mistake still serves.
            default -> record.deployedAt() == null ? Standing.CLOSING : Standing.READY;
        };
    }

    /** Never Dedalus' own: that wakes nobody's machine, and behind protected access it is nobody's business. */
    private static String address(PreviewRecord record) {
        if (record.deployedAt() == null || record.down()) {
            return null;
        }
        if (DedalusGlobalConfiguration.get().getPublicUrl() != null) {
            return PreviewEngines.get().publicUrl(record);
        }
        return below("dedalus/open/" + record.key().id() + "/");
    }

    private static String address(Run<?, ?> run) {
        return below(run.getUrl());
    }

    /** Below Jenkins' configured address; null while there's none, for a client could forge any other. */
    private static String below(String path) {
        String root = JenkinsLocationConfiguration.get().getUrl();
        return root == null ? null : (root.endsWith("/") ? root : root + "/") + path;
    }

    private static List<String> log(Run<?, ?> run) {
        try {
            return run.getLog(LOG_LINES);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, e, () -> "The log of " + run + " can't be read.");
            return List.of();
        }
    }

    /** A fork's commit that the newest build which cared about previews was not allowed to show. */
    private static Optional<PreviewFacts> waiting(ChangeRef change, MultiBranchProject<?, ?> project) {
        if (!DedalusGlobalConfiguration.get().isForksAllowed()) {
            return Optional.empty();
        }
        return job(change, project).flatMap(ChangeReader::newest).flatMap(run -> waiting(change, run));
    }

    /** The job of a change request. */
    public static Optional<Job<?, ?>> job(ChangeRef change, MultiBranchProject<?, ?> project) {
        Stream<Job<?, ?>> jobs = project.getItems().stream().map(job -> (Job<?, ?>) job);
        return jobs.filter(job -> isOfChange(job, change)).findFirst();
    }

    /** What a change request's newest builds want approved, the newest first. */
    static List<ForkApproval> approvals(ChangeRef change, Job<?, ?> job) {
        Stream<Run<?, ?>> builds = job.getBuilds().limit(BUILDS).stream().map(run -> (Run<?, ?>) run);
        return builds.flatMap(run -> run.getActions(ForkApproval.class).stream())
                .filter(asked -> asked.preview()
                        .filter(key -> ChangeRef.of(key).equals(change))
                        .isPresent())
                .toList();
    }

    /** The build that asked last for a preview of a change request, if it still exists. */
    public static Optional<Run<?, ?>> buildOf(ChangeRef change, String preview) {
        return links(change).stream()
                .filter(link -> link.key().id().equals(preview))
                .findFirst()
                .flatMap(link -> PreviewJobs.job(link).map(job -> job.getBuildByNumber(link.build())));
    }

    /** The newest build that cares for previews. */
    public static Optional<Run<?, ?>> newest(Job<?, ?> job) {
        Stream<Run<?, ?>> builds = job.getBuilds().limit(BUILDS).stream().map(run -> (Run<?, ?>) run);
        return builds.filter(ChangeReader::cares).findFirst();
    }

    /** Whether a build asked for a preview. */
    static boolean cares(Run<?, ?> run) {
        return run.getAction(ForkApproval.class) != null
                || run.getAction(PreviewAction.class) != null
                || run.getAction(SkippedPreview.class) != null;
    }

    private static Optional<PreviewFacts> waiting(ChangeRef change, Run<?, ?> run) {
        return run.getActions(ForkApproval.class).stream()
                .filter(asked -> !asked.isApproved())
                .flatMap(asked -> asked
                        .preview()
                        .filter(key -> ChangeRef.of(key).equals(change))
                        .map(key -> waiting(key, asked.getCommit(), run))
                        .stream())
                .findFirst();
    }

    private static PreviewFacts waiting(PreviewKey key, String commit, Run<?, ?> run) {
        return new PreviewFacts(
                key.id(),
                name(key),
                Standing.APPROVAL,
                commit,
                null,
                null,
                address(run),
                null,
                List.of(),
                null,
                null,
                null);
    }

    private static String name(PreviewKey key) {
        return PreviewKey.DEFAULT_NAME.equals(key.name()) ? null : key.name();
    }
}
