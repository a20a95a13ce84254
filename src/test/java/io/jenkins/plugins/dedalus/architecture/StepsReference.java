package io.jenkins.plugins.dedalus.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The reference of the Pipeline steps as Markdown, made of the sources and of the help that Jenkins shows. */
final class StepsReference {
    private static final String PACKAGE = "io/jenkins/plugins/dedalus/steps/";
    private static final String EVERY = "DedalusStep";
    private static final Pattern FUNCTION = Pattern.compile("super\\(\"(dedalus\\w+)\"");
    private static final Pattern PARENT = Pattern.compile("\\bclass \\w+ extends (\\w+)");
    private static final Pattern SETTER =
            Pattern.compile("@DataBoundSetter\\s+(?:@[^\n]*\n\\s+)?public void set(\\w)(\\w*)\\(");
    private static final Pattern CONSTRUCTOR = Pattern.compile("@DataBoundConstructor\\s+public \\w+\\(\\w+ (\\w+)\\)");
    private static final Pattern CODE = Pattern.compile("<code>(.*?)</code>");

    private final Path java = ProjectFiles.root().resolve("src/main/java").resolve(PACKAGE);
    private final Path help = ProjectFiles.root().resolve("src/main/resources").resolve(PACKAGE);

    /** The whole file. */
    String markdown() throws IOException {
        StringBuilder text = new StringBuilder("""
                # Steps

                What the help in Jenkins says of each step and parameter; a test holds the two together. How they are used is in
                [Pipeline steps](../steps.md).
                """);
        List<Path> sources;
        try (Stream<Path> files = Files.list(java)) {
            sources = files.filter(file -> file.toString().endsWith("Step.java"))
                    .sorted()
                    .toList();
        }
        for (Path source : sources) {
            Matcher function = FUNCTION.matcher(Files.readString(source));
            if (function.find()) {
                String name = source.getFileName().toString().replace(".java", "");
                text.append("\n## ").append(function.group(1)).append("\n\n");
                text.append(markdown(Files.readString(help.resolve(name).resolve("help.html"))))
                        .append("\n\n");
                text.append(table(parameters(name)));
            }
        }
        text.append("\n## Parameters of every step\n\n").append(table(parameters(EVERY)));
        return text.toString();
    }

    private static String table(Map<String, String> parameters) {
        if (parameters.isEmpty()) {
            return "No parameters of its own.\n";
        }
        StringBuilder text = new StringBuilder("| parameter | |\n|---|---|\n");
        parameters.forEach((parameter, said) ->
                text.append("| `").append(parameter).append("` | ").append(said).append(" |\n"));
        return text.toString();
    }

    /** Those of the step, and of what it extends but every step's. */
    private Map<String, String> parameters(String name) throws IOException {
        List<String> family = new ArrayList<>();
        Map<String, String> all = new LinkedHashMap<>();
        String next = name;
        while (family.isEmpty() || !next.equals(EVERY) && Files.exists(java.resolve(next + ".java"))) {
            family.add(next);
            Matcher parent = PARENT.matcher(Files.readString(java.resolve(next + ".java")));
            next = parent.find() ? parent.group(1) : "";
        }
        for (String each : family) {
            String source = Files.readString(java.resolve(each + ".java"));
            List<String> names = new ArrayList<>();
            Matcher constructor = CONSTRUCTOR.matcher(source);
            if (constructor.find()) {
                names.add(constructor.group(1));
            }
            Matcher setter = SETTER.matcher(source);
            while (setter.find()) {
                names.add(setter.group(1).toLowerCase(Locale.ROOT) + setter.group(2));
            }
            for (String parameter : names) {
                all.putIfAbsent(parameter, said(family, parameter));
            }
        }
        return all;
    }

    private String said(List<String> family, String parameter) throws IOException {
        for (String each : family) {
            Path file = help.resolve(each).resolve("help-" + parameter + ".html");
            if (Files.exists(file)) {
                return markdown(Files.readString(file)).replace("|", "\\|");
            }
        }
        throw new AssertionError("The parameter " + parameter + " of " + family.get(0) + " has no help.");
    }

    /** One line: a table's cell holds no more. */
    private static String markdown(String html) {
        String line = html.replaceAll("\\s+", " ");
        line = CODE.matcher(line).replaceAll(StepsReference::code);
        return line.replaceAll("</?(div|ul|p|i)> ?", " ")
                .replaceAll(" ?<li> ?", " • ")
                .replace("</li>", "")
                .replaceAll(" +", " ")
                .replaceAll(" ([.,;:])", "$1")
                .strip();
    }

    private static String code(MatchResult code) {
        String plain = code.group(1)
                .replaceAll("</?\\w+>", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
        return Matcher.quoteReplacement("`" + plain + "`");
    }
}
