package io.jenkins.plugins.dedalus.github.publish;

import java.util.regex.Pattern;

/**
 * Texts of strangers (branch names, problems, output) for GitHub's Markdown: they format nothing, link nowhere, mention
 * nobody and end no table.
 */
final class Markdown {
    /** Controls, and what reorders or hides text. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cs}\\s]+");

    private static final Pattern HIDDEN_IN_LINE =
            Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cs}&&[^\\t]]+");

    private static final int LONGEST_URL = 1000;

    private Markdown() {}

    /** One line in a fixed-width font. GitHub looks for mentions and references everywhere but in code. */
    static String code(String text, int longest) {
        return "<code>" + plain(text, longest) + "</code>";
    }

    /** The characters themselves, for use inside of an element that holds code. */
    private static String plain(String text, int longest) {
        StringBuilder safe = new StringBuilder();
        UNSEEN.matcher(cut(text, longest)).replaceAll(" ").strip().codePoints().forEach(each -> {
            if (Character.isLetterOrDigit(each) || each == ' ') {
                safe.appendCodePoint(each);
            } else {
                safe.append("&#").append(each).append(';');
            }
        });
        return safe.toString();
    }

    /** A line of output for inside of a {@code <pre>}. */
    static String line(String text, int longest) {
        return HIDDEN_IN_LINE
                .matcher(cut(text, longest))
                .replaceAll("")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }

    /** An address for a link's target; null if it is none that a browser may be sent to. */
    static String target(String url) {
        return url != null && url.length() <= LONGEST_URL && url.matches("https?://[A-Za-z0-9\\-._~:/?#@!$&'*+,;=%]+")
                ? url
                : null;
    }

    /** At most so many characters, with dots in place of the rest. */
    static String cut(String text, int longest) {
        if (text.codePointCount(0, text.length()) <= longest) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, longest - 1)) + "…";
    }
}
