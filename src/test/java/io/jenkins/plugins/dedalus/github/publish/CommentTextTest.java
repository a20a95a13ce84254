package io.jenkins.plugins.dedalus.github.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.github.SurfacePart;
import io.jenkins.plugins.dedalus.github.SurfaceSettings;
import io.jenkins.plugins.dedalus.surface.PreviewFacts;
import io.jenkins.plugins.dedalus.surface.PreviewFacts.Standing;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The comment on a pull request, character by character. */
class CommentTextTest {
    private static String text(PreviewFacts... previews) {
        return CommentText.of(List.of(previews), Facts.INSTANCE, SurfaceSettings.DEFAULT, null);
    }

    @Test
    void aReadyPreviewIsALinkInARow() {
        assertThat(text(Facts.of(Standing.READY, Facts.ONE))).isEqualTo("""
                <!-- dedalus-preview 0123456789ab -->
                ### Preview

                | Preview | State | Commit | Cost this month |
                |---|---|---|---|
                | **[Open the preview](https://pr-12-shop-x7f2.previews.example.net/)** \
                | Ready. It sleeps while nobody looks; the link wakes it within seconds. \
                [Build](https://ci.example.com/job/shop/job/PR-12/3/) \
                | <code>a1a1a1a1a1</code> | <code>&#36;0&#46;12</code> |

                <sub>Commands, each as a comment of its own: <code>/preview</code> <code>/preview wake</code> \
                <code>/preview sleep</code> <code>/preview rebuild</code> <code>/preview logs</code> \
                <code>/preview pin</code> <code>/preview extend 7d</code> <code>/preview teardown</code></sub>
                """);
    }

    @Test
    void aFailureSaysWhyAndThatTheLinkShowsTheOlderCommit() {
        String text = text(Facts.failed("deploy ended with exit code 2.", List.of("one", "", "  two")));
        assertThat(text)
                .contains("Failed: <code>deploy ended with exit code 2&#46;</code>")
                .contains("**[Open the preview](" + Facts.URL + ")**")
                .contains("<code>b2b2b2b2b2</code>; the link shows <code>a1a1a1a1a1</code>")
                .contains(
                        "<summary>The last lines of the build's log</summary>\n\n<pre>\none\n\n  two\n</pre>\n\n</details>");
    }

    @Test
    void aClosedPreviewHasNoLink() {
        assertThat(text(Facts.of(Standing.CLOSING, Facts.ONE)))
                .contains("Closed. Its data is kept until 1 December 2026, 08:30 UTC.")
                .doesNotContain("Open the preview");
        assertThat(text(PreviewFacts.closed(Facts.ID))).contains("machine and data are deleted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@acme/everyone please",
                "closes #1 and acme/other#2",
                "[click](https://evil.example) ![x](https://evil.example/p.png)",
                "| a | b |\n| --- |",
                "</code></pre></details><script>alert(1)</script><img src=x onerror=alert(1)>",
                "`code` **bold** ~~no~~ \\| :rocket: www.evil.example https://evil.example",
                "<!-- dedalus-preview 0123456789ab -->",
                "line\r\n# heading\n\n> quote\u2028\u202Egnp.exe",
                "&amp; &#60;b&#62;"
            })
    void strangersTextsFormatLinkAndMentionNothing(String evil) {
        String row = text(Facts.failed(evil, List.of()))
                .lines()
                .filter(line -> line.contains("Failed:"))
                .findFirst()
                .orElseThrow();
        String shown = row.substring(row.indexOf("<code>") + 6, row.indexOf("</code>"));
        assertThat(shown.replaceAll("&#\\d+;", "")).matches("[\\p{L}\\p{N} ]*");
        assertThat(shown.replaceAll("&#\\d+;", "")).doesNotContain("\u202E");
        assertThat(row.chars().filter(each -> each == '|').count()).isEqualTo(5);
    }

    @Test
    void linesOfOutputStayWithinTheirElement() {
        String text = text(Facts.failed("x", List.of("</pre></details><b>@you</b> & more", "\u001b[31mred\u001b[0m")));
        String log = text.substring(text.indexOf("<pre>") + 5, text.indexOf("</pre>"));
        assertThat(log).isEqualTo("\n&lt;/pre&gt;&lt;/details&gt;&lt;b&gt;@you&lt;/b&gt; &amp; more\n[31mred[0m\n");
    }

    @Test
    void aLinkThatIsNoneIsNotShown() {
        PreviewFacts evil = new PreviewFacts(
                Facts.ID,
                null,
                Standing.READY,
                Facts.ONE,
                Facts.ONE,
                "javascript:alert(1)",
                "https://ci.example.com/) [x](https://evil.example/",
                null,
                List.of(),
                null,
                null,
                null);
        assertThat(text(evil)).doesNotContain("javascript").doesNotContain("evil");
    }

    @Test
    void howeverMuchThereIsGitHubTakesIt() {
        List<String> lines = Collections.nCopies(1000, "<".repeat(100_000));
        PreviewFacts[] many = IntStream.range(0, 500)
                .mapToObj(each ->
                        each % 2 == 0 ? Facts.failed("|".repeat(100_000), lines) : Facts.named("<".repeat(5000)))
                .toArray(PreviewFacts[]::new);
        assertThat(text(many).length()).isLessThan(65_536);
    }

    @Test
    void costAloneIsNoReasonToWrite() {
        PreviewFacts cheap = Facts.of(Standing.READY, Facts.ONE);
        PreviewFacts dear = new PreviewFacts(
                cheap.id(),
                null,
                Standing.READY,
                Facts.ONE,
                Facts.ONE,
                Facts.URL,
                Facts.LOG,
                null,
                List.of(),
                null,
                "$12.00",
                null);
        assertThat(CommentText.essence(dear)).isEqualTo(CommentText.essence(cheap));
    }

    @Test
    void anEndThatIsNearIsToldWithWhatKeepsIt() {
        PreviewFacts lively = Facts.of(Standing.READY, Facts.ONE);
        PreviewFacts unseen = new PreviewFacts(
                lively.id(),
                null,
                Standing.READY,
                Facts.ONE,
                Facts.ONE,
                Facts.URL,
                Facts.LOG,
                null,
                List.of(),
                null,
                null,
                Instant.parse("2026-12-01T08:30:00Z"));
        assertThat(text(unseen))
                .contains("Nobody looked at it lately: it is closed on ", "1 December 2026", "/preview extend 7d");
        assertThat(CommentText.essence(unseen)).as("a reason to write").isNotEqualTo(CommentText.essence(lively));
    }

    private static String answered(String login, String text, String sentence, List<String> log) {
        CommandOutcome notice = new CommandOutcome(5, login, text, CommandOutcome.WRONG, sentence, log, Instant.EPOCH);
        return CommentText.of(
                List.of(Facts.of(Standing.READY, Facts.ONE)), Facts.INSTANCE, SurfaceSettings.DEFAULT, notice);
    }

    @Test
    void whatCameOfACommandIsSaidInWordsThatFormatNothing() {
        String evil = "@acme/everyone [x](https://evil.example) <img src=x>";
        String said = answered(evil, "/preview " + evil, evil, List.of("</pre>@you"))
                .lines()
                .filter(line -> line.contains(" asked for "))
                .findFirst()
                .orElseThrow();
        assertThat(said.replaceAll("</?code>|&#\\d+;", "")).matches("[\\p{L}\\p{N} :]*");
        assertThat(answered("alice", "/preview logs", "Here.", List.of("</pre>@you")))
                .contains("<pre>\n&lt;/pre&gt;@you\n</pre>");
    }

    @Test
    void aForksCommitIsApprovedByItsWholeHash() {
        assertThat(text(Facts.of(Standing.APPROVAL, Facts.ONE)))
                .contains("```\n/preview approve " + Facts.ONE + "\n```");
        SurfaceSettings quiet = new SurfaceSettings("Preview", java.util.Set.of(SurfacePart.COMMENT), false, true);
        assertThat(CommentText.of(List.of(Facts.of(Standing.APPROVAL, Facts.ONE)), Facts.INSTANCE, quiet, null))
                .doesNotContain("/preview");
    }
}
