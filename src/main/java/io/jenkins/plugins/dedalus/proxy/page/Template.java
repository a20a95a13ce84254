package io.jenkins.plugins.dedalus.proxy.page;

import io.jenkins.plugins.dedalus.preview.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A document with {@code {{names}}}; values are escaped, except those that are ours. */
final class Template {
    private static final Pattern NAME = Pattern.compile("\\{\\{(\\w+)}}");

    private final String text;

    /**
     * Takes a text.
     *
     * @param ours names whose values are put in as they are, now
     */
    Template(String text, Map<String, String> ours) {
        String filled = text;
        for (Map.Entry<String, String> part : ours.entrySet()) {
            filled = filled.replace("{{" + part.getKey() + "}}", part.getValue());
        }
        this.text = filled;
    }

    /** Fills in the values; a name without a value becomes empty. */
    String fill(Map<String, String> values) {
        Matcher names = NAME.matcher(text);
        StringBuilder out = new StringBuilder(text.length() + 200);
        while (names.find()) {
            names.appendReplacement(out, Matcher.quoteReplacement(escape(values.getOrDefault(names.group(1), ""))));
        }
        return names.appendTail(out).toString();
    }

    private static String escape(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    static String resource(String name) {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The page " + name + " is missing from this build.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("The page " + name + " can't be read from this build.", e);
        }
    }

    /** The source expression that allows exactly this inline style or script. */
    static String cspHash(String content) {
        return "'sha256-" + Base64.getEncoder().encodeToString(Sha256.of(content)) + "'";
    }
}
