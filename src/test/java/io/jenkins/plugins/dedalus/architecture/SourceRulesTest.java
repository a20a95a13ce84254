package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can only be seen in the sources: the Jenkins packages' too, which this build does not compile. */
class SourceRulesTest {
    /** Lines without the imports, which nobody reads: how many there are says how packages are cut, not how long a class is. */
    private static final int LONGEST_FILE = 400;

    private static final int LARGEST_PACKAGE = 25;

    private static final List<String> ENGINE_TESTS =
            List.of("architecture", "client", "issues", "preview", "proxy", "router", "simulation");
    private static final int PATIENCE = 60;
    private static final Pattern LIMIT =
            Pattern.compile("\\b(?:atMost|get|await|waitFor|orTimeout)\\((\\d+), (?:TimeUnit\\.)?(?:MILLI)?SECONDS\\)"
                    + "|\\b(?:atMost|failsWithin|succeedsWithin)\\(Duration\\.of(?:Millis|Seconds)\\((\\d+)\\)\\)");
    private static final Pattern RECORD =
            Pattern.compile("\\brecord\\s+(\\w+)(?:<[^(]*>)?\\s*\\(([^{]*?)\\)\\s*(?:implements[^{]*)?\\{");
    private static final Pattern SECRET_COMPONENT = Pattern.compile(
            "(?i)\\b(?:String|char\\[]|byte\\[]|Map<[^>]*>|SecretEnv)\\s+(\\w*(?:apiKey|secret|token|password|stdin)|env)\\b");

    @Test
    void noFileIsLongerThanAReaderCanHold() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources()) {
            long lines = Files.readAllLines(file).stream()
                    .filter(line -> !line.startsWith("import "))
                    .count();
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

    @Test
    void noPackageIsLargerThanAReaderCanHold() throws IOException {
        Map<Path, Long> sizes = sources().stream()
                .filter(file -> !file.endsWith("package-info.java"))
                .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.counting()));
        assertThat(sizes.entrySet().stream()
                        .filter(each -> each.getValue() > LARGEST_PACKAGE)
                        .map(each -> each.getKey().getFileName().toString()))
                .as("packages of more than %d classes want to be two packages", LARGEST_PACKAGE)
                .isEmpty();
    }

    @Test
    void theDocumentedArchitectureNamesEveryPackage() throws IOException {
        Path base = ProjectFiles.root().resolve("src/main/java/io/jenkins/plugins/dedalus");
        String documented = Files.readString(ProjectFiles.root().resolve("docs/architecture.md"));
        List<String> unnamed = sources().stream()
                .map(file -> base.relativize(file.getParent()).toString().replace(File.separatorChar, '.'))
                .distinct()
                .filter(name -> !documented.contains("`" + name + "`"))
                .toList();
        assertThat(unnamed)
                .as("packages that docs/architecture.md does not name")
                .isEmpty();
    }

    @Test
    void testsOfTheEngineHavePatience() throws IOException {
        List<String> hasty = new ArrayList<>();
        Path tests = ProjectFiles.root().resolve("src/test/java/io/jenkins/plugins/dedalus");
        for (String tier : ENGINE_TESTS) {
            for (Path file : javaFiles(tests.resolve(tier))) {
                Matcher limit = LIMIT.matcher(Files.readString(file));
                while (limit.find()) {
                    if (Integer.parseInt(limit.group(1) == null ? limit.group(2) : limit.group(1)) < PATIENCE) {
                        hasty.add(file.getFileName() + ": " + limit.group());
                    }
                }
            }
        }
        assertThat(hasty)
                .as("waits that a busy machine outlasts; await() alone waits long enough (see Patience)")
                .isEmpty();
    }

    private static List<Path> sources() throws IOException {
        return javaFiles(ProjectFiles.root().resolve("src/main/java"));
    }

    private static List<Path> javaFiles(Path root) throws IOException {
        if (Files.notExists(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }
}
