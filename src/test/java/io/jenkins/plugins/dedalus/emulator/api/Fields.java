package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** A request body's fields: read strictly, all that is wrong told at once. */
final class Fields {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode body;
    private final List<Problem.Detail> problems = new ArrayList<>();
    private final List<String> known = new ArrayList<>();

    private Fields(JsonNode body) {
        this.body = body;
    }

    /** Reads a call's body. Throws {@link Problem} where it is no JSON object. */
    static Fields of(Call call) {
        String type = call.header("Content-Type").orElse("");
        if (!type.split(";")[0].trim().equalsIgnoreCase(Answer.JSON_TYPE)) {
            throw new Problem(415, "Unsupported Media Type", "Content-Type must be application/json.", List.of());
        }
        JsonNode body;
        try {
            body = JSON.readTree(call.body());
        } catch (JsonProcessingException e) {
            throw new Problem(
                    400,
                    "Bad Request",
                    "the body is not valid JSON",
                    List.of(new Problem.Detail("body", e.getOriginalMessage(), null)));
        }
        if (!body.isObject()) {
            throw Problem.invalid("body", body.isMissingNode() ? "request body is required" : "expected object", body);
        }
        return new Fields(body);
    }

    private JsonNode field(String name, boolean required) {
        known.add(name);
        JsonNode value = body.get(name);
        if (value == null && required) {
            problems.add(new Problem.Detail("body", "expected required property " + name + " to be present", body));
        }
        return value;
    }

    private void wrong(String name, String message, JsonNode value) {
        problems.add(new Problem.Detail("body." + name, message, value));
    }

    Double number(String name, boolean required, double minimum, double maximum) {
        JsonNode value = field(name, required);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            wrong(name, "expected number", value);
        } else if (value.asDouble() < minimum || value.asDouble() > maximum) {
            wrong(name, "expected number from " + minimum + " to " + maximum, value);
        } else {
            return value.asDouble();
        }
        return minimum;
    }

    Long integer(String name, boolean required, long minimum, long maximum) {
        JsonNode value = field(name, required);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber()) {
            wrong(name, "expected integer", value);
        } else if (!value.canConvertToLong() || value.asLong() < minimum || value.asLong() > maximum) {
            wrong(name, "expected integer from " + minimum + " to " + maximum, value);
        } else {
            return value.asLong();
        }
        return minimum;
    }

    boolean flag(String name) {
        JsonNode value = field(name, true);
        if (value != null && !value.isBoolean()) {
            wrong(name, "expected boolean", value);
        }
        return value != null && value.asBoolean();
    }

    String text(String name) {
        JsonNode value = field(name, false);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            wrong(name, "expected string", value);
        }
        return value.asText();
    }

    /** A string that a reader understands; the reader throws {@link IllegalArgumentException} with what is wrong. */
    <T> T text(String name, Function<String, T> reader) {
        String value = text(name);
        if (value == null || !body.get(name).isTextual()) {
            return null;
        }
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            wrong(name, e.getMessage(), body.get(name));
            return null;
        }
    }

    String oneOf(String name, String fallback, List<String> allowed) {
        String value = text(name, given -> {
            if (!allowed.contains(given)) {
                throw new IllegalArgumentException("expected one of " + String.join(", ", allowed));
            }
            return given;
        });
        return value == null ? fallback : value;
    }

    List<String> texts(String name) {
        List<String> all = new ArrayList<>();
        JsonNode value = field(name, true);
        if (value == null) {
            return all;
        }
        if (!value.isArray()) {
            wrong(name, "expected array", value);
            return all;
        }
        if (value.isEmpty()) {
            wrong(name, "expected array length >= 1", value);
        }
        for (int i = 0; i < value.size(); i++) {
            if (value.get(i).isTextual()) {
                all.add(value.get(i).asText());
            } else {
                wrong(name + "[" + i + "]", "expected string", value.get(i));
            }
        }
        return all;
    }

    Map<String, String> map(String name, Pattern names) {
        Map<String, String> all = new LinkedHashMap<>();
        JsonNode value = field(name, false);
        if (value == null) {
            return all;
        }
        if (!value.isObject()) {
            wrong(name, "expected object", value);
            return all;
        }
        value.properties().forEach(entry -> {
            if (!names.matcher(entry.getKey()).matches()) {
                wrong(name + "." + entry.getKey(), "expected name to match pattern " + names, null);
            } else if (!entry.getValue().isTextual()) {
                wrong(name + "." + entry.getKey(), "expected string", entry.getValue());
            } else {
                all.put(entry.getKey(), entry.getValue().asText());
            }
        });
        return all;
    }

    /** Something that only this call can know to be wrong. */
    void refuse(String name, String message) {
        wrong(name, message, body.get(name));
    }

    /** Throws {@link Problem} where anything was wrong, unknown fields included. */
    void check() {
        body.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                wrong(name, "unexpected property", body.get(name));
            }
        });
        if (!problems.isEmpty()) {
            throw Problem.invalid(problems);
        }
    }
}
