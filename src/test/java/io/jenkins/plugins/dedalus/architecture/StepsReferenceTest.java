package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/reference/steps.md says what the help says. */
class StepsReferenceTest {
    private static final Path FILE = ProjectFiles.root().resolve("docs/reference/steps.md");

    @Test
    void theReferenceOfTheStepsSaysWhatTheirHelpSays() throws Exception {
        String made = new StepsReference().markdown();
        if (Boolean.getBoolean("reference.write")) {
            Files.writeString(FILE, made);
        }
        assertThat(made).contains("## dedalusPreview", "| `start` |", "## dedalusTeardown");
        assertThat(FILE)
                .as("made anew by mvn -f router/pom.xml test -Dtest=StepsReferenceTest -Dreference.write=true")
                .hasContent(made);
    }
}
