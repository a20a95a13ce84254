package io.jenkins.plugins.dedalus.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dedalus.github.PreviewPolicy.When;
import io.jenkins.plugins.dedalus.github.api.PullFacts;
import io.jenkins.plugins.dedalus.github.publish.Facts;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pull requests get a preview. */
class PreviewPolicyTest {
    private static PullFacts pull(boolean draft, String... labels) {
        return new PullFacts("12", true, draft, Facts.ONE, Set.of(labels), Set.of());
    }

    private static boolean gets(When when, boolean drafts, PullFacts pull, boolean asked) {
        return new PreviewPolicy(when, "Preview", "no-preview", drafts)
                .refusal(pull, asked)
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ALWAYS, false, false, true",
        "ALWAYS, true, false, true",
        "LABEL, false, false, false",
        "LABEL, false, true, false",
        "LABEL, true, false, true",
        "COMMAND, true, false, false",
        "COMMAND, false, true, true"
    })
    void onWhatItDepends(When when, boolean labeled, boolean asked, boolean gets) {
        PullFacts pull = labeled ? pull(false, "preview") : pull(false, "bug");
        assertThat(gets(when, true, pull, asked)).isEqualTo(gets);
        assertThat(gets(when, true, pull(false, "preview", "no-preview"), asked))
                .as("with the label that wants none")
                .isFalse();
    }

    @Test
    void draftsGetOneWhereTheTeamSaysSo() {
        assertThat(gets(When.ALWAYS, true, pull(true), false)).isTrue();
        assertThat(gets(When.ALWAYS, false, pull(true), true)).isFalse();
        assertThat(gets(When.ALWAYS, false, pull(false), false)).isTrue();
    }

    @Test
    void aTeamMayHaveNoLabelThatWantsNone() {
        PreviewPolicy wish = new PreviewPolicy(When.ALWAYS, "preview", "", true);
        assertThat(wish.refusal(pull(false, "no-preview", ""), false)).isEmpty();
    }

    @Test
    void answersThatAreNoneOfAPullRequestSayNothing() throws Exception {
        ObjectMapper json = new ObjectMapper();
        for (String body :
                new String[] {"{}", "[]", "{\"number\": 12}", "{\"number\": 12, \"head\": {\"sha\": \"x\"}}"}) {
            assertThat(PullFacts.of(json.readTree(body))).as(body).isEmpty();
        }
    }
}
