package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.router.RouterMain;
import io.jenkins.plugins.dedalus.router.metrics.RouterMetrics;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The documents say what the code says, and lead where they promise. With {@code -Ddocs.write=true} cli.md is written anew. */
class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("(?<!`)!?\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
    private static final Pattern METRIC = Pattern.compile("`(dedalus_[a-z_]+)(?:\\{\\w+})?`");
    private static final Pattern MEASURED = Pattern.compile("(?m)^# TYPE (dedalus_\\w+) (\\w+)$");
    private static final Pattern CODE = Pattern.compile("(?m)^\\| (\\d) \\| (.+?) \\|$");

    private final Path root = ProjectFiles.root();

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(withoutCode(Files.readString(page)));
            while (link.find()) {
                String target = URLDecoder.decode(link.group(1), StandardCharsets.UTF_8);
                if (!target.matches("[a-z]+:.*") && !leads(page, target)) {
                    dead.add(root.relativize(page) + " → " + target);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    private boolean leads(Path page, String target) throws IOException {
        String file = target.replaceFirst("#.*", "");
        Path to = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!to.startsWith(root) || Files.notExists(to)) {
            return false;
        }
        int anchor = target.indexOf('#');
        return anchor < 0 || anchors(Files.readString(to)).contains(target.substring(anchor + 1));
    }

    /** As GitHub makes them: lower case, spaces to hyphens, no other marks, a number for the second of a name. */
    private static Set<String> anchors(String page) {
        Set<String> anchors = new HashSet<>();
        Matcher heading = HEADING.matcher(withoutCode(page));
        while (heading.find()) {
            String anchor = heading.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .strip()
                    .replace(' ', '-');
            String numbered = anchor;
            for (int i = 1; !anchors.add(numbered); i++) {
                numbered = anchor + "-" + i;
            }
        }
        return anchors;
    }

    private static String withoutCode(String page) {
        return page.replaceAll("(?ms)^```.*?^```$", "");
    }

    private List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String directory : new String[] {".", "docs", "examples", ".github", "bench", "src/test/java"}) {
            if (Files.isDirectory(root.resolve(directory))) {
                try (Stream<Path> files = Files.walk(root.resolve(directory), directory.equals(".") ? 1 : 20)) {
                    files.filter(file -> file.toString().endsWith(".md"))
                            .map(Path::normalize)
                            .forEach(pages::add);
                }
            }
        }
        assertThat(pages).hasSizeGreaterThan(10);
        return pages;
    }

    @Test
    void everyDocumentIsInTheIndex() throws IOException {
        String index = Files.readString(root.resolve("docs/README.md"));
        List<String> unlisted = pages().stream()
                .filter(page -> page.startsWith(root.resolve("docs")))
                .map(page -> root.resolve("docs").relativize(page).toString())
                .filter(page -> !page.equals("README.md") && !index.contains("(" + page))
                .toList();
        assertThat(unlisted).as("documents that docs/README.md does not name").isEmpty();
    }

    @Test
    void theCommandsAreDocumentedAsTheirHelpSays() throws IOException {
        CommandLine main = RouterMain.commandLine();
        StringBuilder page = new StringBuilder("# The router's commands\n\n")
                .append("Written by `DocumentsTest` from the commands' own `--help`.")
                .append(" What they mean together: [the router](../router.md).\n");
        append(page, main);
        main.getSubcommands().values().forEach(command -> append(page, command));
        Path file = root.resolve("docs/reference/cli.md");
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(file, page);
        }
        assertThat(Files.readString(file)).isEqualTo(page.toString());
    }

    private static void append(StringBuilder page, CommandLine command) {
        String usage = command.setUsageHelpWidth(100)
                .getUsageMessage(Ansi.OFF)
                .lines()
                .map(String::stripTrailing)
                .reduce("", (before, line) -> before + line + "\n");
        page.append("\n## ")
                .append(command.getCommandName())
                .append("\n\n```\n")
                .append(usage)
                .append("```\n");
    }

    @Test
    void theExitCodesAreThoseOfTheCommands() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        Matcher row = CODE.matcher(Files.readString(root.resolve("docs/router.md")));
        while (row.find()) {
            documented.put(row.group(1), row.group(2).replaceFirst("; .*", ""));
        }
        assertThat(documented)
                .isEqualTo(new TreeMap<>(
                        RouterMain.commandLine().getCommandSpec().usageMessage().exitCodeList()));
    }

    @Test
    void everyMetricIsDocumentedAndNoOther() throws IOException {
        RouterMetrics metrics = new RouterMetrics();
        metrics.watch(new NoPreviews(), Clock.systemUTC());
        metrics.watchOrphans(() -> 0);
        Set<String> measured = new TreeSet<>();
        Matcher type = MEASURED.matcher(metrics.scrape());
        while (type.find()) {
            boolean total = type.group(2).equals("counter") && !type.group(1).endsWith("_total");
            measured.add(type.group(1) + (total ? "_total" : ""));
        }
        measured.removeIf(name -> name.endsWith("_max"));
        Set<String> documented = new TreeSet<>();
        String page = Files.readString(root.resolve("docs/router.md"));
        Matcher metric = METRIC.matcher(page.substring(page.indexOf("| metric |"), page.indexOf("Worth an alert")));
        while (metric.find()) {
            documented.add(metric.group(1));
        }
        assertThat(documented).isEqualTo(measured);
    }

    private static final class NoPreviews implements Directory {
        @Override
        public Optional<Route> lookup(String host) {
            return Optional.empty();
        }

        @Override
        public List<Route> routes() {
            return List.of();
        }

        @Override
        public Instant asOf() {
            return Instant.EPOCH;
        }
    }
}
