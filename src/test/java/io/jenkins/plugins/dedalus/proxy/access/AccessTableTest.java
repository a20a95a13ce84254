package io.jenkins.plugins.dedalus.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AccessTableTest {
    private static final String BEGIN = "<!-- access-table: AccessTableTest keeps this the same as the code -->\n";
    private static final String END = "<!-- /access-table -->";

    @Test
    void everyCombinationHasExactlyOneCell() {
        assertThat(AccessTable.all()).hasSize(AccessMode.values().length * 3 * 2);
        for (AccessMode access : AccessMode.values()) {
            for (Visibility visibility : new Visibility[] {Visibility.PUBLIC, Visibility.ORG, Visibility.PRIVATE}) {
                assertThat(AccessTable.of(access, visibility, true).viewerKey()).isTrue();
                assertThat(AccessTable.of(access, visibility, false).viewerKey())
                        .isFalse();
            }
        }
    }

    @Test
    void theDedalusUrlIsShownOnlyWhereAnyoneMayView() {
        assertThat(AccessTable.all())
                .filteredOn(AccessTable.Cell::dedalusUrlShown)
                .allSatisfy(cell -> {
                    assertThat(cell.access()).isEqualTo(AccessMode.PUBLIC);
                    assertThat(cell.visibility()).isEqualTo(Visibility.PUBLIC);
                });
    }

    @Test
    void whatCanNotWorkIsRefusedWithASentence() {
        assertThatThrownBy(() -> AccessTable.check(AccessMode.JENKINS, Visibility.ORG, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("configure a viewer key");
        assertThatThrownBy(() -> AccessTable.check(AccessMode.PUBLIC, Visibility.PRIVATE, true))
                .hasMessageContaining("to anyone through the viewer key");
        assertThatThrownBy(() -> AccessTable.check(AccessMode.BASIC, Visibility.of("team"), false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> AccessTable.check(AccessMode.JENKINS, Visibility.ORG, true))
                .doesNotThrowAnyException();
    }

    @Test
    void theDocumentationShowsThisTable() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(here.resolve("docs")) ? here : here.getParent();
        String page = Files.readString(root.resolve("docs/security.md"));
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);

        assertThat(begin).as("docs/security.md has the markers of the table").isNotNegative();
        assertThat(page.substring(begin + BEGIN.length(), end))
                .as("docs/security.md between the markers")
                .isEqualTo(markdown());
    }

    private static String markdown() {
        return "| access | visibility | viewer key | | Dedalus URL | what it means |\n|---|---|---|---|---|---|\n"
                + AccessTable.all().stream().map(AccessTableTest::row).collect(Collectors.joining());
    }

    private static String row(AccessTable.Cell cell) {
        return "| %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                        cell.access().name().toLowerCase(Locale.ROOT),
                        cell.visibility(),
                        cell.viewerKey() ? "yes" : "no",
                        cell.allowed() ? "works" : "**refused**",
                        cell.dedalusUrlShown() ? "shown" : "hidden",
                        cell.sentence())
                .replace(System.lineSeparator(), "\n");
    }
}
