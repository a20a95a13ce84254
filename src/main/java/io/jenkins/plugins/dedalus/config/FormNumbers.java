package io.jenkins.plugins.dedalus.config;

import java.util.function.Consumer;
import java.util.function.Function;
import net.sf.json.JSONObject;

/** Reads numbers from a submitted form before Stapler does, because its own complaint names neither field nor limits. */
final class FormNumbers {
    private FormNumbers() {}

    /** Checks that {@code form}'s field, if filled in, is a whole number. */
    static void requireInteger(JSONObject form, String field) {
        require(form, field, "a whole number", FormNumbers::integer);
    }

    /** The same of a field whose empty box says something: without {@code meant} the value saved before would stay. */
    static void requireIntegerOr(JSONObject form, String field, int meant) {
        boolean submitted = form.has(field);
        requireInteger(form, field);
        if (submitted && !form.has(field)) {
            form.put(field, meant);
        }
    }

    /** Checks a nested block of the form, if it was submitted. */
    static void requireNested(JSONObject form, String field, Consumer<JSONObject> check) {
        JSONObject nested = form.optJSONObject(field);
        if (nested != null && !nested.isNullObject()) {
            check.accept(nested);
        }
    }

    /** A whole number, or null when {@code text} is empty. */
    static Integer integer(String field, String text) {
        return parse(field, text, "a whole number", FormNumbers::integer);
    }

    /** A number, or null when {@code text} is empty. */
    static Double number(String field, String text) {
        return parse(field, text, "a number such as 0.5 or 2", FormNumbers::number);
    }

    private static Integer integer(String text) {
        return Integer.valueOf(text);
    }

    private static Double number(String text) {
        Double value = Double.valueOf(text);
        if (!Double.isFinite(value)) {
            throw new NumberFormatException(text);
        }
        return value;
    }

    private static void require(JSONObject form, String field, String allowed, Function<String, ?> parser) {
        if (form.has(field) && parse(field, form.getString(field), allowed, parser) == null) {
            // Stapler would make a zero of an empty box; nothing said means the default.
            form.remove(field);
        }
    }

    private static <T> T parse(String field, String text, String allowed, Function<String, T> parser) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return parser.apply(text.trim());
        } catch (NumberFormatException e) {
            throw SettingChecks.invalid(field, text, allowed);
        }
    }
}
