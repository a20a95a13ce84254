package io.jenkins.plugins.dedalus.preview.ledger;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** How a record looks on the disk: JSON with a format number; what a newer version added is carried along. */
final class LedgerFormat {
    static final int FORMAT = 1;
    private static final String FORMAT_FIELD = "format";
    private static final Set<String> FIELDS = java.util.Arrays.stream(PreviewRecord.class.getRecordComponents())
            .map(component -> component.getName())
            .collect(java.util.stream.Collectors.toUnmodifiableSet());

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule().addDeserializer(String.class, new SharedStrings()))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** A record, and the fields of its file that only newer versions know. */
    record Stored(PreviewRecord record, Map<String, JsonNode> others) {
        Stored(PreviewRecord record) {
            this(record, Map.of());
        }

        /** The same file with another record. */
        Stored with(PreviewRecord next) {
            return new Stored(next, others);
        }
    }

    /** What is written. */
    private record Written(
            @JsonProperty(FORMAT_FIELD) int format,
            @JsonUnwrapped PreviewRecord record,
            @JsonAnyGetter Map<String, JsonNode> others) {}

    /** The file was written by a newer version that says older ones can't read it. */
    static final class NewerFormatException extends IOException {
        private static final long serialVersionUID = 1L;

        NewerFormatException(int format) {
            super("it has format " + format + ", this version reads up to " + FORMAT);
        }

        NewerFormatException(InvalidFormatException unknown) {
            super("this version does not know the value " + unknown.getValue());
        }
    }

    /** Throws {@link IOException} with half a sentence: why the content is no record. */
    Stored read(byte[] content) throws IOException {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(content);
        } catch (JsonProcessingException e) {
            throw new IOException("it is no complete JSON", e);
        }
        if (!(tree instanceof ObjectNode object) || !object.path(FORMAT_FIELD).isInt()) {
            throw new IOException("it is no preview record");
        }
        int format = object.get(FORMAT_FIELD).intValue();
        if (format > FORMAT) {
            throw new NewerFormatException(format);
        }
        try {
            return new Stored(MAPPER.treeToValue(object, PreviewRecord.class), others(object));
        } catch (InvalidFormatException e) {
            throw new NewerFormatException(e);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException("it lacks what a preview record needs", e);
        }
    }

    /** The id that the version which wrote a record gave its key; empty if the key lacks something. */
    String writtenId(byte[] content) throws IOException {
        JsonNode key = MAPPER.readTree(content).path("key");
        String repository = key.path("repository").asText("");
        return repository.isEmpty()
                ? ""
                : PreviewKey.id(
                        repository,
                        key.path("changeId").asText(""),
                        key.path("name").asText(PreviewKey.DEFAULT_NAME));
    }

    private static Map<String, JsonNode> others(ObjectNode object) {
        Map<String, JsonNode> others = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            if (!FIELDS.contains(field.getKey()) && !FORMAT_FIELD.equals(field.getKey())) {
                others.put(field.getKey(), field.getValue());
            }
        });
        return others.isEmpty() ? Map.of() : Collections.unmodifiableMap(others);
    }

    byte[] write(Stored stored) {
        try {
            return MAPPER.writeValueAsBytes(new Written(FORMAT, stored.record(), stored.others()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record made of plain values can always be written.", e);
        }
    }
}
