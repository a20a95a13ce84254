package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.github.SurfacePart;
import io.jenkins.plugins.dedalus.github.SurfaceSettings;
import io.jenkins.plugins.dedalus.surface.PreviewFacts;
import io.jenkins.plugins.dedalus.surface.PreviewFacts.Standing;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The pull request's one comment: a row for each preview. A pure function of the facts. */
final class CommentText {
    private static final int MOST_ROWS = 10;
    private static final int MOST_LINES = 20;
    private static final int LONGEST_LINE = 300;
    private static final int LONGEST_NAME = 60;
    private static final int LONGEST_PROBLEM = 200;
    private static final int LONGEST_ANSWER = 400;
    /** GitHub takes 65,536 characters. */
    private static final int LONGEST = 60_000;

    private static final int SHORT_COMMIT = 10;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static final String COMMANDS =
            "\n<sub>Commands, each as a comment of its own: <code>/preview</code> <code>/preview wake</code>"
                    + " <code>/preview sleep</code> <code>/preview rebuild</code> <code>/preview logs</code>"
                    + " <code>/preview pin</code> <code>/preview extend 7d</code>"
                    + " <code>/preview teardown</code></sub>\n";

    private CommentText() {}

    /**
     * How the comment is found again.
     *
     * @param instance a word of this Jenkins, so that two of them don't write into each other's comments
     */
    static String marker(String instance) {
        return "<!-- dedalus-preview " + instance + " -->";
    }

    /** The whole comment, as Markdown. */
    static String of(List<PreviewFacts> previews, String instance, SurfaceSettings settings, CommandOutcome notice) {
        StringBuilder text = new StringBuilder(marker(instance)).append('\n');
        text.append("### Preview\n\n");
        if (!previews.isEmpty()) {
            text.append("| Preview | State | Commit | Cost this month |\n|---|---|---|---|\n");
        }
        previews.stream().limit(MOST_ROWS).forEach(each -> text.append("| ")
                .append(String.join(" | ", link(each), state(each), commit(each), cost(each)))
                .append(" |\n"));
        if (previews.size() > MOST_ROWS) {
            text.append("\nAnd ").append(previews.size() - MOST_ROWS).append(" more.\n");
        }
        previews.stream()
                .limit(MOST_ROWS)
                .filter(each -> settings.logs()
                        && each.standing() == Standing.FAILED
                        && !each.log().isEmpty())
                .map(CommentText::folded)
                .filter(log -> text.length() + log.length() < LONGEST)
                .forEach(text::append);
        if (notice != null) {
            text.append(answer(notice));
        }
        if (settings.parts().contains(SurfacePart.ANSWER)) {
            text.append(previews.stream().allMatch(each -> each.standing().over()) ? "" : COMMANDS);
            previews.stream()
                    .filter(each -> each.standing() == Standing.APPROVAL)
                    .map(PreviewFacts::commit)
                    .distinct()
                    .forEach(commit -> text.append(
                                    "\nTo let this fork's commit run, and no other:\n\n```\n/preview approve ")
                            .append(commit)
                            .append("\n```\n"));
        }
        return text.toString();
    }

    /** What came of a command, its words in a font that formats nothing. */
    private static String answer(CommandOutcome notice) {
        StringBuilder text = new StringBuilder("\n")
                .append(Markdown.code(notice.login(), LONGEST_NAME))
                .append(" asked for ")
                .append(Markdown.code(notice.text(), LONGEST_PROBLEM))
                .append(": ")
                .append(Markdown.code(notice.sentence(), LONGEST_ANSWER))
                .append('\n');
        if (!notice.log().isEmpty()) {
            text.append(folded("The last lines of the newest build's log", notice.log()));
        }
        return text.toString();
    }

    /** What a preview's row says, without what changes all day: two that are the same need no new comment. */
    static String essence(PreviewFacts each) {
        return String.join(" | ", link(each), state(each), commit(each));
    }

    private static String link(PreviewFacts each) {
        String name = each.name() == null ? "" : " " + Markdown.code(each.name(), LONGEST_NAME);
        String target = each.standing().over() ? null : Markdown.target(each.address());
        return target == null ? (name.isEmpty() ? "–" : name.strip()) : "**[Open the preview](" + target + ")**" + name;
    }

    private static String state(PreviewFacts each) {
        String log = Markdown.target(each.logUrl());
        String build = log == null ? "" : " [Build](" + log + ")";
        return switch (each.standing()) {
            case BUILDING -> "Being built." + build;
            case READY -> "Ready. It sleeps while nobody looks; the link wakes it within seconds." + end(each) + build;
            case FAILED -> "Failed: " + problem(each) + build;
            case APPROVAL ->
                "This commit comes from a fork. Somebody who may manage previews must read and approve it." + build;
            case CLOSING ->
                each.deleteAt() == null
                        ? "Closed."
                        : "Closed. Its data is kept until " + DAY.format(each.deleteAt()) + ".";
            case CLOSED -> "Closed; machine and data are deleted.";
        };
    }

    /** The notice before its end. */
    private static String end(PreviewFacts each) {
        return each.expiresAt() == null
                ? ""
                : " Nobody looked at it lately: it is closed on " + DAY.format(each.expiresAt())
                        + " unless somebody looks, or comments <code>/preview extend 7d</code>.";
    }

    private static String problem(PreviewFacts each) {
        return each.problem() == null ? "see the build." : Markdown.code(each.problem(), LONGEST_PROBLEM);
    }

    private static String commit(PreviewFacts each) {
        boolean old = each.served() != null
                && each.standing() != Standing.READY
                && !each.standing().over();
        String about = each.commit() == null ? "–" : shortened(each.commit());
        return old && !each.served().equals(each.commit())
                ? about + "; the link shows " + shortened(each.served())
                : about;
    }

    private static String shortened(String commit) {
        return Markdown.code(commit.substring(0, Math.min(SHORT_COMMIT, commit.length())), SHORT_COMMIT);
    }

    private static String cost(PreviewFacts each) {
        return each.cost() == null ? "–" : Markdown.code(each.cost(), SHORT_COMMIT);
    }

    private static String folded(PreviewFacts each) {
        String name = each.name() == null ? "" : ": " + Markdown.code(each.name(), LONGEST_NAME);
        return folded("The last lines of the build's log" + name, each.log());
    }

    private static String folded(String title, List<String> lines) {
        StringBuilder text =
                new StringBuilder("\n<details><summary>").append(title).append("</summary>\n\n<pre>\n");
        lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size())
                .forEach(line -> text.append(Markdown.line(line, LONGEST_LINE)).append('\n'));
        return text.append("</pre>\n\n</details>\n").toString();
    }
}
