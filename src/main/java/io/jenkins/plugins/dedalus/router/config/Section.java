package io.jenkins.plugins.dedalus.router.config;

import io.jenkins.plugins.dedalus.client.model.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One block of keys, read with types. A value of the wrong type adds a problem and reads as its default, so that
 * one pass finds everything. Every key asked for is known; {@link #finish()} refuses the rest.
 */
final class Section {
    private final ConfigProblems problems;
    private final String path;
    private final ConfigNode.Mapping mapping;
    private final boolean present;
    private final Path base;
    private final Set<String> known = new LinkedHashSet<>();

    /** @param base relative paths are meant from here */
    Section(ConfigProblems problems, String path, ConfigNode.Mapping mapping, boolean present, Path base) {
        this.problems = problems;
        this.path = path;
        this.mapping = mapping;
        this.present = present;
        this.base = base;
    }

    /** Whether the block stands in the file at all. */
    boolean present() {
        return present;
    }

    boolean has(String key) {
        known.add(key);
        return node(key).isPresent();
    }

    /** Whether the key's value is a block of keys. */
    boolean isBlock(String key) {
        return node(key).orElse(null) instanceof ConfigNode.Mapping;
    }

    /** Whether somebody asked for this key. */
    boolean known(String key) {
        return known.contains(key);
    }

    Section section(String key) {
        ConfigNode node = node(key).orElse(null);
        if (node instanceof ConfigNode.Mapping inner) {
            return new Section(problems, dotted(key), inner, true, base);
        }
        if (node != null) {
            problem(key, "must be a block of keys, not " + node.kind() + ".");
        }
        return new Section(
                problems, dotted(key), new ConfigNode.Mapping(new LinkedHashMap<>(), line(key)), false, base);
    }

    /** The keys of this block as they stand, for blocks whose keys are names; all of them count as known. */
    Set<String> names() {
        known.addAll(mapping.entries().keySet());
        return mapping.entries().keySet();
    }

    Optional<String> string(String key) {
        ConfigNode node = node(key).orElse(null);
        if (node instanceof ConfigNode.Scalar scalar) {
            return Optional.ofNullable(scalar.text());
        }
        if (node != null) {
            problem(key, "must be a single value, not " + node.kind() + ".");
        }
        return Optional.empty();
    }

    String string(String key, String otherwise) {
        return string(key).orElse(otherwise);
    }

    /** The value, or an empty text and a problem that says what the key is for. */
    String required(String key, String purpose) {
        Optional<String> value = string(key);
        if (value.isEmpty()) {
            problem(key, "is missing: " + purpose);
        }
        return value.orElse("");
    }

    int integer(String key, int otherwise, int min, int max) {
        return string(key)
                .map(text -> {
                    try {
                        int value = Integer.parseInt(text.trim().replace("_", ""));
                        if (value >= min && value <= max) {
                            return value;
                        }
                    } catch (NumberFormatException e) {
                        // Said below, together with what is out of range.
                    }
                    problem(key, "\"" + text + "\" must be a whole number from " + min + " to " + max + ".");
                    return otherwise;
                })
                .orElse(otherwise);
    }

    Optional<Double> decimal(String key) {
        return string(key).flatMap(text -> {
            try {
                double value = Double.parseDouble(text.trim());
                if (Double.isFinite(value)) {
                    return Optional.of(value);
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            problem(key, "\"" + text + "\" must be a number such as 0.5 or 2.");
            return Optional.empty();
        });
    }

    boolean bool(String key, boolean otherwise) {
        return string(key)
                .map(text -> {
                    if ("true".equals(text) || "false".equals(text)) {
                        return "true".equals(text);
                    }
                    problem(key, "\"" + text + "\" must be true or false.");
                    return otherwise;
                })
                .orElse(otherwise);
    }

    Duration duration(String key, Duration otherwise) {
        return string(key)
                .flatMap(text -> {
                    Optional<Duration> duration = Durations.parse(text);
                    if (duration.isEmpty()) {
                        problem(
                                key,
                                "\"" + text
                                        + "\" must be a duration with its unit, such as 500ms, 30s, 15m, 24h or 7d.");
                    }
                    return duration;
                })
                .orElse(otherwise);
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        return string(key)
                .map(text -> {
                    List<String> words = Arrays.stream(type.getEnumConstants())
                            .map(Section::word)
                            .toList();
                    int index = words.indexOf(text.toLowerCase(Locale.ROOT));
                    if (index >= 0) {
                        return type.getEnumConstants()[index];
                    }
                    String meant = Suggestion.closest(text, words)
                            .map(w -> " Did you mean " + w + "?")
                            .orElse("");
                    problem(key, "\"" + text + "\" must be one of " + String.join(", ", words) + "." + meant);
                    return otherwise;
                })
                .orElse(otherwise);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Optional<Path> path(String key) {
        return string(key).map(text -> base.resolve(text).normalize());
    }

    /** An http or https address without query, fragment or user. */
    Optional<URI> url(String key) {
        return string(key).flatMap(text -> {
            try {
                URI uri = new URI(text);
                boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
                if (web
                        && uri.getHost() != null
                        && uri.getRawUserInfo() == null
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null) {
                    return Optional.of(uri);
                }
            } catch (URISyntaxException e) {
                // Said below.
            }
            problem(
                    key,
                    "\"" + text
                            + "\" must be an address such as https://host.example.net/ without user, query or fragment.");
            return Optional.empty();
        });
    }

    /** A list of single values; one single value counts as a list of one. */
    List<String> strings(String key) {
        ConfigNode node = node(key).orElse(null);
        if (node instanceof ConfigNode.Scalar scalar) {
            return scalar.text() == null ? List.of() : List.of(scalar.text());
        }
        List<String> values = new ArrayList<>();
        if (node instanceof ConfigNode.Sequence sequence) {
            for (ConfigNode item : sequence.items()) {
                if (item instanceof ConfigNode.Scalar scalar && scalar.text() != null) {
                    values.add(scalar.text());
                } else {
                    problems.add(item.line(), dotted(key), "must hold single values only, not " + item.kind() + ".");
                }
            }
        } else if (node != null) {
            problem(key, "must be a list, not " + node.kind() + ".");
        }
        return List.copyOf(values);
    }

    /** The blocks of a list of blocks. */
    List<Section> sections(String key) {
        ConfigNode node = node(key).orElse(null);
        List<Section> blocks = new ArrayList<>();
        if (node instanceof ConfigNode.Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                String at = dotted(key) + "[" + i + "]";
                if (sequence.items().get(i) instanceof ConfigNode.Mapping block) {
                    blocks.add(new Section(problems, at, block, true, base));
                } else {
                    problems.add(sequence.items().get(i).line(), at, "must be a block of keys.");
                }
            }
        } else if (node != null) {
            problem(key, "must be a list of blocks, not " + node.kind() + ".");
        }
        return blocks;
    }

    /** Names with single values; an empty value is an empty text. */
    Map<String, String> map(String key) {
        Map<String, String> values = new LinkedHashMap<>();
        Section inner = section(key);
        for (String name : inner.names()) {
            values.put(name, inner.string(name, ""));
        }
        return values;
    }

    void problem(String key, String sentence) {
        problems.add(line(key), dotted(key), sentence);
    }

    /** The line of a key, or of the block where the key is not given. */
    int line(String key) {
        ConfigNode.Entry entry = mapping.entries().get(key);
        return entry != null ? entry.keyLine() : present ? mapping.line() : 0;
    }

    /** Refuses every key nobody asked for. */
    void finish() {
        mapping.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                String meant = Suggestion.closest(key, known)
                        .map(word -> "Did you mean " + word + "?")
                        .orElseGet(
                                () -> "Known here: " + known.stream().sorted().collect(Collectors.joining(", ")) + ".");
                problems.add(entry.keyLine(), dotted(key), "is not a known key. " + meant);
            }
        });
    }

    private Optional<ConfigNode> node(String key) {
        known.add(key);
        ConfigNode.Entry entry = mapping.entries().get(key);
        if (entry == null || entry.value() instanceof ConfigNode.Scalar scalar && scalar.text() == null) {
            return Optional.empty();
        }
        return Optional.of(entry.value());
    }

    private String dotted(String key) {
        if (key.isEmpty()) {
            return path;
        }
        return path.isEmpty() ? key : path + "." + key;
    }
}
