package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The plugin's sentences and help: none that nothing shows, and no field of a form without help. */
class PluginTextsTest {
    private static final Path JAVA = ProjectFiles.root().resolve("src/main/java");
    private static final Path RESOURCES = ProjectFiles.root().resolve("src/main/resources");
    private static final Pattern FIELD = Pattern.compile("<f:entry[^>]*\\bfield=\"(\\w+)\"");
    private static final Pattern HELP = Pattern.compile("help-(\\w+)\\.html");
    private static final Pattern SETTER = Pattern.compile("@DataBoundSetter\\s+public void set(\\w)(\\w*)\\(");
    private static final Pattern EXTENDS = Pattern.compile("\\bclass \\w+ extends (\\w+)");

    @Test
    void everySentenceIsShownBySomething() throws IOException {
        Set<String> unused = new TreeSet<>();
        for (Path file : files(RESOURCES, "Messages.properties")) {
            String code = files(JAVA.resolve(RESOURCES.relativize(file.getParent())), ".java").stream()
                    .map(PluginTextsTest::read)
                    .collect(Collectors.joining("\n"));
            Properties sentences = new Properties();
            try (Reader reader = Files.newBufferedReader(file)) {
                sentences.load(reader);
            }
            sentences.stringPropertyNames().stream()
                    .filter(key -> !Pattern.compile("\\bMessages\\._?" + key.replaceAll("\\W", "_") + "\\b")
                            .matcher(code)
                            .find())
                    .forEach(key -> unused.add(RESOURCES.relativize(file) + ": " + key));
        }
        assertThat(unused).isEmpty();
    }

    @Test
    void everyFieldOfAFormHasHelp() throws IOException {
        Set<String> fields = new TreeSet<>();
        for (Path form : files(RESOURCES, ".jelly")) {
            Matcher field = FIELD.matcher(read(form));
            while (field.find()) {
                String help = "help-" + field.group(1) + ".html";
                if (family(form.getParent()).stream().noneMatch(of -> Files.exists(of.resolve(help)))) {
                    fields.add(RESOURCES.relativize(form) + ": " + field.group(1));
                }
            }
        }
        assertThat(fields).isEmpty();
    }

    /** Or of a parameter that only scripts can set, for the reference of the steps shows that, too. */
    @Test
    void everyHelpIsOfAField() throws IOException {
        Set<String> shown = new TreeSet<>();
        for (Path form : files(RESOURCES, ".jelly")) {
            Matcher field = FIELD.matcher(read(form));
            while (field.find()) {
                String help = "help-" + field.group(1) + ".html";
                family(form.getParent())
                        .forEach(of -> shown.add(of.resolve(help).toString()));
            }
        }
        for (Path source : files(JAVA, ".java")) {
            Path of = RESOURCES.resolve(JAVA.relativize(source).toString().replace(".java", ""));
            Matcher setter = SETTER.matcher(read(source));
            while (setter.find()) {
                String name = setter.group(1).toLowerCase(Locale.ROOT) + setter.group(2);
                shown.add(of.resolve("help-" + name + ".html").toString());
            }
        }
        Set<String> helps = new TreeSet<>();
        files(RESOURCES, ".html").stream()
                .filter(file -> HELP.matcher(file.getFileName().toString()).matches())
                .forEach(file -> helps.add(file.toString()));
        assertThat(helps).isNotEmpty();
        helps.removeAll(shown);
        assertThat(helps).isEmpty();
    }

    /** The directories of a class' resources and of those that it extends in its package: there Jenkins looks for help. */
    private static List<Path> family(Path resources) {
        List<Path> all = new ArrayList<>();
        Path next = resources;
        while (next != null) {
            all.add(next);
            Path source = JAVA.resolve(RESOURCES.relativize(next) + ".java");
            Matcher parent = EXTENDS.matcher(Files.exists(source) ? read(source) : "");
            next = parent.find() && Files.exists(source.resolveSibling(parent.group(1) + ".java"))
                    ? next.resolveSibling(parent.group(1))
                    : null;
        }
        return all;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be read.", e);
        }
    }

    private static List<Path> files(Path below, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(below)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }
}
