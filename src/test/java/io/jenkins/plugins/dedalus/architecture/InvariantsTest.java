package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each promise of INVARIANTS.md is held by tests that there are, in either tier. */
class InvariantsTest {
    private static final Pattern NAMED = Pattern.compile("`((?:\\w+\\.)*)(\\w+Test)#(\\w+)`");

    private final Path sources = ProjectFiles.root().resolve("src/test/java/io/jenkins/plugins/dedalus");
    private final Map<String, List<Path>> tests = new HashMap<>();
    private List<String> rows;

    @BeforeEach
    void read() throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith("Test.java")).forEach(file -> tests.computeIfAbsent(
                            file.getFileName().toString().replace(".java", ""), name -> new ArrayList<>())
                    .add(file));
        }
        rows = Files.readAllLines(ProjectFiles.root().resolve("INVARIANTS.md")).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| promise |"))
                .toList();
    }

    @Test
    void everyPromiseHasATest() {
        assertThat(rows).hasSizeGreaterThan(40);
        assertThat(rows.stream().filter(row -> !NAMED.matcher(row).find()))
                .as("promises that no test holds")
                .isEmpty();
    }

    @Test
    void everyTestThatAPromiseNamesExists() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String row : rows) {
            Matcher named = NAMED.matcher(row);
            while (named.find()) {
                String below = named.group(1).replace('.', File.separatorChar);
                List<Path> files = tests.getOrDefault(named.group(2), List.of()).stream()
                        .filter(file -> sources.relativize(file).toString().startsWith(below))
                        .toList();
                boolean there = false;
                for (Path file : files) {
                    there |= declares(file, named.group(3));
                }
                if (!there) {
                    wrong.add(named.group() + (files.isEmpty() ? ": no such class" : ": no such test there"));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean declares(Path file, String test) throws IOException {
        return Pattern.compile("@(?:Test|ParameterizedTest)\\b[^;{}]*(?:\\{[^}]*}[^;{}]*)*\\bvoid " + test
                        + "\\(|@ArchTest\\s+static final ArchRule " + test + " =")
                .matcher(Files.readString(file))
                .find();
    }
}
