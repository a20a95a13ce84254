package io.jenkins.plugins.dedalus.config;

import hudson.Util;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Full names of jobs, one a line, with {@code *} for anything within a name and {@code **} for anything. */
final class AllowedJobs {
    private static final Pattern WILDCARD = Pattern.compile("\\*\\*?");

    private AllowedJobs() {}

    /** The names as they are kept; null for none. */
    static String check(String value) {
        List<String> names = lines(value).toList();
        names.forEach(AllowedJobs::checkName);
        return Util.fixEmpty(String.join("\n", names));
    }

    private static void checkName(String name) {
        boolean wrong = Arrays.stream(name.split("/", -1))
                .anyMatch(part -> part.isBlank() || part.equals(".") || part.equals(".."));
        if (wrong) {
            throw new InvalidSettingException(
                    "allowedJobs",
                    "allowedJobs names '" + name
                            + "'; give full names such as team/shop/main, one a line, * for anything"
                            + " within a name, ** for anything.");
        }
    }

    static boolean match(String names, String job) {
        return lines(names).anyMatch(name -> pattern(name).matcher(job).matches());
    }

    private static Stream<String> lines(String value) {
        return value == null ? Stream.empty() : value.lines().map(String::strip).filter(line -> !line.isEmpty());
    }

    private static Pattern pattern(String name) {
        Matcher wildcards = WILDCARD.matcher(name);
        List<String> between =
                Arrays.stream(WILDCARD.split(name, -1)).map(Pattern::quote).toList();
        List<String> meant = wildcards
                .results()
                .map(each -> each.group().length() > 1 ? ".*" : "[^/]*")
                .collect(Collectors.toList());
        StringBuilder text = new StringBuilder(between.get(0));
        for (int i = 0; i < meant.size(); i++) {
            text.append(meant.get(i)).append(between.get(i + 1));
        }
        return Pattern.compile(text.toString(), Pattern.DOTALL);
    }
}
