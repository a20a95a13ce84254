package io.jenkins.plugins.dedalus.github.command;

import io.jenkins.plugins.dedalus.client.model.Durations;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command as somebody wrote it. It is the whole of a comment: a word within a text is none, so that quoting one does
 * nothing.
 *
 * @param verb what is asked for; null if there is no such command
 * @param argument what follows; empty if nothing does
 * @param text as it was written, shortened, in one line
 */
record Command(Verb verb, String argument, String text) {
    /** Longer comments are no commands, so nothing looks through 65,536 characters. */
    private static final int LONGEST = 200;

    private static final Pattern COMMAND =
            Pattern.compile("/preview(?:[ \\t]+([a-z]{1,20}))?(?:[ \\t]+(\\S{1,100}))?", Pattern.CASE_INSENSITIVE);
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    /** Whether a comment may be meant as a command: begins with its word. Cheap for any text. */
    static boolean looksLikeOne(String body) {
        return body != null && body.length() <= LONGEST && body.strip().regionMatches(true, 0, "/preview", 0, 8);
    }

    /** Reads a comment; empty if it is no command. */
    static Optional<Command> of(String body) {
        if (!looksLikeOne(body)) {
            return Optional.empty();
        }
        String text = body.strip();
        Matcher matcher = COMMAND.matcher(text);
        if (!matcher.matches()) {
            boolean longerWord = text.length() > 8 && !Character.isWhitespace(text.charAt(8));
            return longerWord ? Optional.empty() : Optional.of(new Command(null, "", oneLine(text)));
        }
        String argument = matcher.group(2) == null ? "" : matcher.group(2).toLowerCase(Locale.ROOT);
        Verb verb = matcher.group(1) == null
                ? Verb.STATE
                : Verb.of(matcher.group(1).toLowerCase(Locale.ROOT)).orElse(null);
        return Optional.of(new Command(verb, argument, oneLine(text)));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    /** What is wrong with it as it is written; empty if nothing is. */
    Optional<String> mistake() {
        if (verb == null || verb == Verb.STATE && !argument.isEmpty()) {
            return Optional.of("There is no such command. There are: /preview, /preview wake, sleep, rebuild, logs,"
                    + " pin, extend with a duration, teardown, and approve with a commit.");
        }
        if (verb == Verb.APPROVE) {
            return HASH.matcher(argument).matches()
                    ? Optional.empty()
                    : Optional.of("An approval names the whole hash of the commit, all 40 characters:"
                            + " a shorter one can be made to fit another commit.");
        }
        if (verb == Verb.EXTEND) {
            return Durations.parse(argument).isPresent()
                    ? Optional.empty()
                    : Optional.of("An extension says how much longer, as in /preview extend 7d.");
        }
        return argument.isEmpty()
                ? Optional.empty()
                : Optional.of("/preview " + verb.word() + " takes nothing after it.");
    }
}
