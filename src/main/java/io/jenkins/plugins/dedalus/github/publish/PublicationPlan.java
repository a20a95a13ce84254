package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.github.SurfacePart;
import io.jenkins.plugins.dedalus.github.SurfaceSettings;
import io.jenkins.plugins.dedalus.github.publish.CallOutcome.Kind;
import io.jenkins.plugins.dedalus.github.publish.DesiredState.WantedPreview;
import io.jenkins.plugins.dedalus.github.publish.PublishedState.ShownPreview;
import io.jenkins.plugins.dedalus.surface.PreviewFacts.Standing;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Which call comes next, and what is known after it. Pure: no clock, no network, no state. */
final class PublicationPlan {
    /** In place of a state: this commit can have no deployment. */
    private static final String NONE = "none";

    private PublicationPlan() {}

    /**
     * The next call.
     *
     * @param refused parts that we have no permission for
     * @return empty when all is as it should be
     */
    static Optional<PullRequestWrite> next(DesiredState wanted, PublishedState shown, Set<SurfacePart> refused) {
        Optional<PullRequestWrite> write = Optional.empty();
        if (isOn(SurfacePart.ANSWER, wanted, refused)) {
            write = reaction(wanted, shown);
        }
        if (write.isEmpty() && isOn(SurfacePart.DEPLOYMENT, wanted, refused)) {
            write = first(wanted, each -> deployment(each, shown.preview(each.id()), wanted.settings()));
        }
        if (write.isEmpty() && isOn(SurfacePart.COMMENT, wanted, refused)) {
            write = comment(wanted, shown);
        }
        if (write.isEmpty() && isOn(SurfacePart.STATUS, wanted, refused)) {
            write = first(wanted, each -> status(each, shown.preview(each.id()), wanted.settings()));
        }
        return write;
    }

    private static Optional<PullRequestWrite> reaction(DesiredState wanted, PublishedState shown) {
        return wanted.reactions().stream()
                .filter(each -> !shown.answered().contains(each.comment()))
                .findFirst()
                .map(each -> new PullRequestWrite.React(each.comment(), each.content()));
    }

    private static boolean isOn(SurfacePart part, DesiredState wanted, Set<SurfacePart> refused) {
        return wanted.settings().parts().contains(part) && !refused.contains(part);
    }

    private static Optional<PullRequestWrite> first(
            DesiredState wanted, java.util.function.Function<WantedPreview, Optional<PullRequestWrite>> which) {
        return wanted.previews().stream().map(which).flatMap(Optional::stream).findFirst();
    }

    private static Optional<PullRequestWrite> deployment(
            WantedPreview want, ShownPreview is, SurfaceSettings settings) {
        if (want.standing().over()) {
            return inactive(want, is);
        }
        if (want.commit() == null || want.deploymentState() == null) {
            return Optional.empty();
        }
        boolean same = want.commit().equals(is.commit());
        if (same && is.doubtful()) {
            return Optional.of(new PullRequestWrite.FindDeployment(want.id(), want.commit(), settings.environment()));
        }
        if (!same || is.deployment() == null && !NONE.equals(is.deployed())) {
            return Optional.of(new PullRequestWrite.MakeDeployment(want.id(), want.commit(), settings.environment()));
        }
        if (!NONE.equals(is.deployed()) && !published(want).equals(is.deployed())) {
            return Optional.of(state(want, is.deployment(), want.deploymentState(), want.environmentUrl()));
        }
        return want.standing() == Standing.READY ? older(want, is) : Optional.empty();
    }

    private static Optional<PullRequestWrite> inactive(WantedPreview want, ShownPreview is) {
        if (is.doubtful() && is.commit() != null) {
            return Optional.of(new PullRequestWrite.FindDeployment(want.id(), is.commit(), null));
        }
        boolean active = is.deployment() != null
                && !NONE.equals(is.deployed())
                && !published(want).equals(is.deployed());
        return active ? Optional.of(state(want, is.deployment(), "inactive", null)) : older(want, is);
    }

    private static Optional<PullRequestWrite> older(WantedPreview want, ShownPreview is) {
        return is.older().stream().findFirst().map(id -> state(want, id, "inactive", null));
    }

    private static PullRequestWrite state(WantedPreview want, long id, String state, String url) {
        return new PullRequestWrite.SetDeployment(want.id(), id, state, url, want.logUrl(), want.description());
    }

    private static String published(WantedPreview want) {
        return want.environmentUrl() == null
                ? want.deploymentState()
                : want.deploymentState() + " " + want.environmentUrl();
    }

    /** While a preview is being built the comment waits: one edit a commit is enough. */
    private static Optional<PullRequestWrite> comment(DesiredState wanted, PublishedState shown) {
        boolean told = !Objects.equals(wanted.said(), shown.said());
        boolean due = told
                || wanted.previews().stream()
                        .filter(each -> each.standing() != Standing.BUILDING)
                        .anyMatch(each ->
                                !each.row().equals(shown.preview(each.id()).row()));
        boolean first = shown.comment() == null;
        boolean pointless = first
                && wanted.said() == null
                && wanted.previews().stream().allMatch(each -> each.standing().over());
        if (!due || pointless && !shown.commentDoubtful()) {
            return Optional.empty();
        }
        if (!first) {
            return Optional.of(new PullRequestWrite.EditComment(shown.comment(), wanted.comment()));
        }
        return Optional.of(
                shown.commentDoubtful()
                        ? new PullRequestWrite.FindComment()
                        : new PullRequestWrite.MakeComment(wanted.comment()));
    }

    private static Optional<PullRequestWrite> status(WantedPreview want, ShownPreview is, SurfaceSettings settings) {
        if (want.commit() == null || want.statusState() == null) {
            return Optional.empty();
        }
        String said = said(want.commit(), want.statusState(), want.context());
        // A commit that needed nobody says enough by its deployment.
        boolean needed = want.standing() != Standing.READY
                || settings.everyStatus()
                || is.status() != null && is.status().startsWith(want.commit());
        return needed && !said.equals(is.status())
                ? Optional.of(new PullRequestWrite.SetStatus(
                        want.id(),
                        want.commit(),
                        want.context(),
                        want.statusState(),
                        want.environmentUrl() == null ? want.logUrl() : want.environmentUrl(),
                        want.description()))
                : Optional.empty();
    }

    private static String said(String commit, String state, String context) {
        return commit + " " + state + " " + context;
    }

    /** What must be on the disk before the call: that its answer may get lost. */
    static PublishedState before(PublishedState shown, PullRequestWrite write) {
        if (write instanceof PullRequestWrite.MakeDeployment make) {
            ShownPreview is = shown.preview(make.preview());
            ShownPreview now = make.commit().equals(is.commit()) ? is : is.next(make.commit());
            return shown.with(make.preview(), now.withDeployment(null, true, null));
        }
        return write instanceof PullRequestWrite.MakeComment ? shown.withComment(null, true) : shown;
    }

    /** What is known after it. */
    static PublishedState after(
            PublishedState shown, DesiredState wanted, PullRequestWrite write, CallOutcome outcome) {
        if (outcome.kind() == Kind.UNKNOWN) {
            return shown;
        }
        boolean done = outcome.kind() == Kind.DONE;
        boolean never = outcome.kind() == Kind.DROPPED || outcome.kind() == Kind.GONE;
        if (write instanceof PullRequestWrite.MakeDeployment make) {
            return made(shown, make.preview(), outcome, never);
        } else if (write instanceof PullRequestWrite.FindDeployment find) {
            return done || never ? made(shown, find.preview(), outcome, false) : shown;
        } else if (write instanceof PullRequestWrite.SetDeployment set) {
            return done || never ? set(shown, wanted, set, done) : shown;
        } else if (write instanceof PullRequestWrite.SetStatus status) {
            return done || never ? said(shown, status) : shown;
        } else if (write instanceof PullRequestWrite.React react) {
            return done || never ? shown.withAnswered(react.comment()) : shown;
        }
        return comment(shown, wanted, write, outcome);
    }

    private static PublishedState made(PublishedState shown, String preview, CallOutcome outcome, boolean never) {
        return shown.with(preview, shown.preview(preview).withDeployment(outcome.id(), false, never ? NONE : null));
    }

    private static PublishedState set(
            PublishedState shown, DesiredState wanted, PullRequestWrite.SetDeployment set, boolean done) {
        ShownPreview is = shown.preview(set.preview());
        if (is.deployment() == null || is.deployment() != set.id()) {
            return shown.with(set.preview(), is.withoutOlder(set.id()));
        }
        String state = set.environmentUrl() == null ? set.state() : set.state() + " " + set.environmentUrl();
        return shown.with(set.preview(), is.withDeployment(done ? is.deployment() : null, false, done ? state : NONE));
    }

    private static PublishedState said(PublishedState shown, PullRequestWrite.SetStatus status) {
        return shown.with(
                status.preview(),
                shown.preview(status.preview()).withStatus(said(status.commit(), status.state(), status.context())));
    }

    private static PublishedState comment(
            PublishedState shown, DesiredState wanted, PullRequestWrite write, CallOutcome outcome) {
        if (write instanceof PullRequestWrite.FindComment) {
            return outcome.kind() == Kind.DONE ? shown.withComment(outcome.id(), false) : shown;
        }
        if (write instanceof PullRequestWrite.EditComment && outcome.kind() == Kind.GONE) {
            // A person deleted it: one new.
            return shown.withComment(null, false);
        }
        Long id = write instanceof PullRequestWrite.EditComment edit ? Long.valueOf(edit.id()) : outcome.id();
        PublishedState next = shown.withComment(id, false);
        if (outcome.kind() == Kind.LIMITED || outcome.kind() == Kind.FORBIDDEN) {
            return next;
        }
        next = next.withSaid(wanted.said());
        for (WantedPreview each : wanted.previews()) {
            next = next.with(each.id(), next.preview(each.id()).withRow(each.row()));
        }
        return next;
    }
}
