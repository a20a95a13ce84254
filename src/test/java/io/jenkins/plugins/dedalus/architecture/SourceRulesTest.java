package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can only be seen in the sources: the Jenkins packages' too, which this build does not compile. */
class SourceRulesTest {
    private static final int LONGEST_FILE = 400;
    private static final Pattern RECORD =
            Pattern.compile("\\brecord\\s+(\\w+)(?:<[^(]*>)?\\s*\\(([^{]*?)\\)\\s*(?:implements[^{]*)?\\{");
    private static final Pattern SECRET_COMPONENT = Pattern.compile(
            "(?i)\\b(?:String|char\\[]|byte\\[]|Map<[^>]*>|SecretEnv)\\s+(\\w*(?:apiKey|secret|token|password|stdin)|env)\\b");

    @Test
    void noFileIsLongerThanAReaderCanHold() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources()) {
            int lines = Files.readAllLines(file).size();
            if (lines > LONGEST_FILE) {
                tooLong.add(file.getFileName() + " has " + lines + " lines");
            }
        }
        assertThat(tooLong)
                .as("files over %d lines want to be two classes", LONGEST_FILE)
                .isEmpty();
    }

    @Test
    void recordsThatHoldASecretHideItInToString() throws IOException {
        List<String> leaks = new ArrayList<>();
        for (Path file : sources()) {
            String source = Files.readString(file);
            Matcher record = RECORD.matcher(source);
            while (record.find()) {
                Matcher secret = SECRET_COMPONENT.matcher(record.group(2));
                if (secret.find() && !source.substring(record.end()).contains("public String toString()")) {
                    leaks.add("%s.%s (in %s)".formatted(record.group(1), secret.group(1), file.getFileName()));
                }
            }
        }
        assertThat(leaks)
                .as("a record's generated toString prints every component, and lands in logs and exceptions")
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsFor() throws IOException {
        List<Path> silent = sources().stream()
                .map(Path::getParent)
                .distinct()
                .filter(directory -> Files.notExists(directory.resolve("package-info.java")))
                .toList();
        assertThat(silent).as("packages without a package-info.java").isEmpty();
    }

    private static List<Path> sources() throws IOException {
        Path main = ProjectFiles.root().resolve("src/main/java");
        try (Stream<Path> files = Files.walk(main)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }
}
