package io.jenkins.plugins.dedalus.router.config;

import java.util.List;
import java.util.Map;

/**
 * A parsed configuration value that remembers where it stood, so that a message can name the line.
 */
sealed interface ConfigNode {

    /** The line of the value in its file, counted from 1. */
    int line();

    /** What a person would call this kind of value, for messages. */
    String kind();

    /**
     * One value.
     *
     * @param text the value as written, without quotes; {@code null} for an empty value or {@code null}
     */
    record Scalar(String text, int line) implements ConfigNode {
        @Override
        public String kind() {
            return text == null ? "nothing" : "a single value";
        }
    }

    /** A list of values. */
    record Sequence(List<ConfigNode> items, int line) implements ConfigNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys with values, in the order of the file. */
    record Mapping(Map<String, Entry> entries, int line) implements ConfigNode {
        @Override
        public String kind() {
            return "a block of keys";
        }
    }

    /** A key's line and its value. */
    record Entry(int keyLine, ConfigNode value) {}
}
