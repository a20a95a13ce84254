package io.jenkins.plugins.dedalus.router.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads YAML (and so JSON) into {@link ConfigNode}s. Keys given twice are problems, not overwrites. */
final class YamlTree {
    private static final Set<String> NULLS = Set.of("", "~");

    private final ConfigProblems problems;
    private final JsonParser parser;

    private YamlTree(JsonParser parser, ConfigProblems problems) {
        this.parser = parser;
        this.problems = problems;
    }

    /** The document's top mapping; an empty one when the text is empty, or broken (then a problem was added). */
    static ConfigNode.Mapping parse(String text, ConfigProblems problems) {
        ConfigNode.Mapping empty = new ConfigNode.Mapping(new LinkedHashMap<>(), 1);
        try (JsonParser parser = new YAMLFactory().createParser(text)) {
            YamlTree tree = new YamlTree(parser, problems);
            JsonToken first = parser.nextToken();
            if (first == null) {
                return empty;
            }
            ConfigNode node = tree.value(first, "");
            if (node instanceof ConfigNode.Mapping mapping) {
                return mapping;
            }
            if (!(node instanceof ConfigNode.Scalar scalar && scalar.text() == null)) {
                problems.add(
                        node.line(),
                        "",
                        "must be keys with values such as \"state: /var/lib/x\", not " + node.kind() + ".");
            }
            return empty;
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            problems.add(line, "", "is not valid YAML: " + firstLine(e.getOriginalMessage()) + ".");
            return empty;
        } catch (IOException e) {
            problems.add(0, "", "could not be read: " + e.getMessage() + ".");
            return empty;
        }
    }

    private ConfigNode value(JsonToken token, String path) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        switch (token) {
            case START_OBJECT:
                return mapping(path, line);
            case START_ARRAY:
                List<ConfigNode> items = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    items.add(value(next, path + "[" + items.size() + "]"));
                }
                return new ConfigNode.Sequence(items, line);
            case VALUE_NULL:
                return new ConfigNode.Scalar(null, line);
            case VALUE_STRING:
                String text = parser.getText();
                return new ConfigNode.Scalar(NULLS.contains(text) ? null : text, line);
            default:
                return new ConfigNode.Scalar(parser.getText(), line);
        }
    }

    private ConfigNode.Mapping mapping(String path, int line) throws IOException {
        Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_OBJECT; next = parser.nextToken()) {
            String key = parser.currentName();
            int keyLine = parser.currentTokenLocation().getLineNr();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            ConfigNode node = value(parser.nextToken(), keyPath);
            ConfigNode.Entry before = entries.putIfAbsent(key, new ConfigNode.Entry(keyLine, node));
            if (before != null) {
                problems.add(keyLine, keyPath, "is given twice, first on line " + before.keyLine() + ". Keep one.");
            }
        }
        return new ConfigNode.Mapping(entries, line);
    }

    private static String firstLine(String message) {
        if (message == null) {
            return "the text ends in the middle of something";
        }
        int end = message.indexOf('\n');
        String line = end < 0 ? message : message.substring(0, end);
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }
}
