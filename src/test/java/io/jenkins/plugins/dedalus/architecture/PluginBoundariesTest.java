package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Which of the plugin's packages know which. Read from the sources, for this tier has no Jenkins to compile them with; names
 * that are written out in full are no way around it.
 */
class PluginBoundariesTest {
    private static final String BASE = "io.jenkins.plugins.dedalus.";
    private static final Set<String> ENGINE = Set.of("client", "preview", "proxy", "router");
    private static final Pattern USE = Pattern.compile("\\b" + Pattern.quote(BASE) + "([a-z.]+)\\.[A-Z]");

    /** What a package of the plugin may know of the plugin; the engine it may know as a whole, but for the router. */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("config", Set.of()),
            Map.entry("accounts", Set.of("config")),
            Map.entry("listener", Set.of("config", "accounts")),
            Map.entry("monitors", Set.of("config", "accounts", "listener")),
            Map.entry("scm", Set.of("config", "accounts")),
            Map.entry("view", Set.of("config", "accounts", "scm")),
            Map.entry("build", Set.of("config", "accounts", "scm", "view")),
            Map.entry("handover", Set.of("config", "accounts", "listener", "view")),
            Map.entry("dashboard", Set.of("config", "accounts", "scm", "view", "build", "handover")),
            Map.entry("steps.secret", Set.of()),
            Map.entry("steps.workspace", Set.of()),
            Map.entry("steps", Set.of("config", "accounts", "scm", "build", "steps.workspace", "steps.secret")),
            Map.entry("gc", Set.of("config", "accounts", "scm", "steps.workspace")),
            Map.entry("surface", Set.of("config", "accounts", "scm", "build", "view")),
            Map.entry("checks", Set.of("scm", "surface")),
            Map.entry("github.api", Set.of()),
            Map.entry("github", Set.of("scm", "gc", "github.api")),
            Map.entry("github.publish", Set.of("monitors", "scm", "surface", "github", "github.api")),
            Map.entry(
                    "github.command", Set.of("accounts", "scm", "surface", "github", "github.api", "github.publish")));

    private final Map<String, Set<String>> uses = new TreeMap<>();

    @BeforeEach
    void read() throws IOException {
        Path base = ProjectFiles.root().resolve("src/main/java/io/jenkins/plugins/dedalus");
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java"))
                    .filter(each -> !each.endsWith("package-info.java"))
                    .toList()) {
                String name = base.relativize(file.getParent())
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), ".");
                if (!ENGINE.contains(first(name))) {
                    Set<String> known = uses.computeIfAbsent(name, any -> new TreeSet<>());
                    Matcher use = USE.matcher(Files.readString(file));
                    while (use.find()) {
                        known.add(use.group(1));
                    }
                    known.remove(name);
                }
            }
        }
    }

    @Test
    void aPackageOfThePluginKnowsOnlyThoseItMay() {
        List<String> forbidden = new ArrayList<>();
        uses.forEach((name, known) -> known.stream()
                .filter(each -> !ENGINE.contains(first(each)) || first(each).equals("router"))
                .filter(each -> !ALLOWED.getOrDefault(name, Set.of()).contains(each))
                .forEach(each -> forbidden.add(name + " knows " + each)));

        assertThat(forbidden).isEmpty();
        assertThat(uses.keySet())
                .as("packages without a line in this test, or the other way round")
                .isEqualTo(ALLOWED.keySet());
    }

    @Test
    void whatIsAllowedHasNoCycle() {
        Set<String> sorted = new TreeSet<>();
        Map<String, Set<String>> left = new TreeMap<>(ALLOWED);
        while (!left.isEmpty()) {
            List<String> next = left.entrySet().stream()
                    .filter(each -> sorted.containsAll(each.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(next).as("some of " + left.keySet() + " know each other").isNotEmpty();
            sorted.addAll(next);
            left.keySet().removeAll(next);
        }
    }

    private static String first(String name) {
        return name.split("\\.")[0];
    }
}
