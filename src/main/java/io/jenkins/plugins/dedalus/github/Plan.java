package io.jenkins.plugins.dedalus.github;

import io.jenkins.plugins.dedalus.github.Outcome.Kind;
import io.jenkins.plugins.dedalus.github.Shown.ShownPreview;
import io.jenkins.plugins.dedalus.github.Wanted.WantedPreview;
import io.jenkins.plugins.dedalus.surface.PreviewFacts.Standing;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Which call comes next, and what is known after it. Pure: no clock, no network, no state. */
final class Plan {
    /** In place of a state: this commit can have no deployment. */
    private static final String NONE = "none";

    private Plan() {}

    /**
     * The next call.
     *
     * @param refused parts that we have no permission for
     * @return empty when all is as it should be
     */
    static Optional<Write> next(Wanted wanted, Shown shown, Set<Part> refused) {
        Optional<Write> write = Optional.empty();
        if (isOn(Part.ANSWER, wanted, refused)) {
            write = reaction(wanted, shown);
        }
        if (write.isEmpty() && isOn(Part.DEPLOYMENT, wanted, refused)) {
            write = first(wanted, each -> deployment(each, shown.preview(each.id()), wanted.settings()));
        }
        if (write.isEmpty() && isOn(Part.COMMENT, wanted, refused)) {
            write = comment(wanted, shown);
        }
        if (write.isEmpty() && isOn(Part.STATUS, wanted, refused)) {
            write = first(wanted, each -> status(each, shown.preview(each.id()), wanted.settings()));
        }
        return write;
    }

    private static Optional<Write> reaction(Wanted wanted, Shown shown) {
        return wanted.reactions().stream()
                .filter(each -> !shown.answered().contains(each.comment()))
                .findFirst()
                .map(each -> new Write.React(each.comment(), each.content()));
    }

    private static boolean isOn(Part part, Wanted wanted, Set<Part> refused) {
        return wanted.settings().parts().contains(part) && !refused.contains(part);
    }

    private static Optional<Write> first(
            Wanted wanted, java.util.function.Function<WantedPreview, Optional<Write>> which) {
        return wanted.previews().stream().map(which).flatMap(Optional::stream).findFirst();
    }

    private static Optional<Write> deployment(WantedPreview want, ShownPreview is, SurfaceSettings settings) {
        if (want.standing().over()) {
            return inactive(want, is);
        }
        if (want.commit() == null || want.deploymentState() == null) {
            return Optional.empty();
        }
        boolean same = want.commit().equals(is.commit());
        if (same && is.doubtful()) {
            return Optional.of(new Write.FindDeployment(want.id(), want.commit(), settings.environment()));
        }
        if (!same || is.deployment() == null && !NONE.equals(is.deployed())) {
            return Optional.of(new Write.MakeDeployment(want.id(), want.commit(), settings.environment()));
        }
        if (!NONE.equals(is.deployed()) && !published(want).equals(is.deployed())) {
            return Optional.of(state(want, is.deployment(), want.deploymentState(), want.environmentUrl()));
        }
        return want.standing() == Standing.READY ? older(want, is) : Optional.empty();
    }

    private static Optional<Write> inactive(WantedPreview want, ShownPreview is) {
        if (is.doubtful() && is.commit() != null) {
            return Optional.of(new Write.FindDeployment(want.id(), is.commit(), null));
        }
        boolean active = is.deployment() != null
                && !NONE.equals(is.deployed())
                && !published(want).equals(is.deployed());
        return active ? Optional.of(state(want, is.deployment(), "inactive", null)) : older(want, is);
    }

    private static Optional<Write> older(WantedPreview want, ShownPreview is) {
        return is.older().stream().findFirst().map(id -> state(want, id, "inactive", null));
    }

    private static Write state(WantedPreview want, long id, String state, String url) {
        return new Write.SetDeployment(want.id(), id, state, url, want.logUrl(), want.description());
    }

    private static String published(WantedPreview want) {
        return want.environmentUrl() == null
                ? want.deploymentState()
                : want.deploymentState() + " " + want.environmentUrl();
    }

    /** While a preview is being built the comment waits: one edit a commit is enough. */
    private static Optional<Write> comment(Wanted wanted, Shown shown) {
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
            return Optional.of(new Write.EditComment(shown.comment(), wanted.comment()));
        }
        return Optional.of(shown.commentDoubtful() ? new Write.FindComment() : new Write.MakeComment(wanted.comment()));
    }

    private static Optional<Write> status(WantedPreview want, ShownPreview is, SurfaceSettings settings) {
        if (want.commit() == null || want.statusState() == null) {
            return Optional.empty();
        }
        String said = said(want.commit(), want.statusState(), want.context());
        // A commit that needed nobody says enough by its deployment.
        boolean needed = want.standing() != Standing.READY
                || settings.everyStatus()
                || is.status() != null && is.status().startsWith(want.commit());
        return needed && !said.equals(is.status())
                ? Optional.of(new Write.SetStatus(
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
    static Shown before(Shown shown, Write write) {
        if (write instanceof Write.MakeDeployment make) {
            ShownPreview is = shown.preview(make.preview());
            ShownPreview now = make.commit().equals(is.commit()) ? is : is.next(make.commit());
            return shown.with(make.preview(), now.withDeployment(null, true, null));
        }
        return write instanceof Write.MakeComment ? shown.withComment(null, true) : shown;
    }

    /** What is known after it. */
    static Shown after(Shown shown, Wanted wanted, Write write, Outcome outcome) {
        if (outcome.kind() == Kind.UNKNOWN) {
            return shown;
        }
        boolean done = outcome.kind() == Kind.DONE;
        boolean never = outcome.kind() == Kind.DROPPED || outcome.kind() == Kind.GONE;
        if (write instanceof Write.MakeDeployment make) {
            return made(shown, make.preview(), outcome, never);
        } else if (write instanceof Write.FindDeployment find) {
            return done || never ? made(shown, find.preview(), outcome, false) : shown;
        } else if (write instanceof Write.SetDeployment set) {
            return done || never ? set(shown, wanted, set, done) : shown;
        } else if (write instanceof Write.SetStatus status) {
            return done || never ? said(shown, status) : shown;
        } else if (write instanceof Write.React react) {
            return done || never ? shown.withAnswered(react.comment()) : shown;
        }
        return comment(shown, wanted, write, outcome);
    }

    private static Shown made(Shown shown, String preview, Outcome outcome, boolean never) {
        return shown.with(preview, shown.preview(preview).withDeployment(outcome.id(), false, never ? NONE : null));
    }

    private static Shown set(Shown shown, Wanted wanted, Write.SetDeployment set, boolean done) {
        ShownPreview is = shown.preview(set.preview());
        if (is.deployment() == null || is.deployment() != set.id()) {
            return shown.with(set.preview(), is.withoutOlder(set.id()));
        }
        String state = set.environmentUrl() == null ? set.state() : set.state() + " " + set.environmentUrl();
        return shown.with(set.preview(), is.withDeployment(done ? is.deployment() : null, false, done ? state : NONE));
    }

    private static Shown said(Shown shown, Write.SetStatus status) {
        return shown.with(
                status.preview(),
                shown.preview(status.preview()).withStatus(said(status.commit(), status.state(), status.context())));
    }

    private static Shown comment(Shown shown, Wanted wanted, Write write, Outcome outcome) {
        if (write instanceof Write.FindComment) {
            return outcome.kind() == Kind.DONE ? shown.withComment(outcome.id(), false) : shown;
        }
        if (write instanceof Write.EditComment && outcome.kind() == Kind.GONE) {
            // A person deleted it: one new.
            return shown.withComment(null, false);
        }
        Long id = write instanceof Write.EditComment edit ? Long.valueOf(edit.id()) : outcome.id();
        Shown next = shown.withComment(id, false);
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
