package io.jenkins.plugins.dedalus.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.List;

/** How a record looks on the disk: JSON with a format number; what a newer version added is carried along. */
final class LedgerFormat {
    static final int FORMAT = 1;
    private static final String FORMAT_FIELD = "format";
    private static final List<String> FIELDS = java.util.Arrays.stream(PreviewRecord.class.getRecordComponents())
            .map(component -> component.getName())
            .toList();

    private final JsonMapper mapper = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** A record and the whole object it was read from, unknown fields included. */
    record Stored(PreviewRecord record, ObjectNode raw) {}

    /** The file was written by a newer version that says older ones can't read it. */
    static final class NewerFormatException extends IOException {
        private static final long serialVersionUID = 1L;

        NewerFormatException(int format) {
            super("it has format " + format + ", this version reads up to " + FORMAT);
        }
    }

    /** Throws {@link IOException} with half a sentence: why the content is no record. */
    Stored read(byte[] content) throws IOException {
        JsonNode tree;
        try {
            tree = mapper.readTree(content);
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
            return new Stored(mapper.treeToValue(object, PreviewRecord.class), object);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException("it lacks what a preview record needs", e);
        }
    }

    /** The record over what was read before; {@code raw} may be null. */
    Stored merge(PreviewRecord record, ObjectNode raw) {
        ObjectNode merged = mapper.createObjectNode();
        merged.put(FORMAT_FIELD, FORMAT);
        merged.setAll((ObjectNode) mapper.valueToTree(record));
        if (raw != null) {
            raw.properties().forEach(field -> {
                if (!FIELDS.contains(field.getKey()) && !FORMAT_FIELD.equals(field.getKey())) {
                    merged.set(field.getKey(), field.getValue());
                }
            });
        }
        return new Stored(record, merged);
    }

    byte[] write(Stored stored) {
        try {
            return mapper.writeValueAsBytes(stored.raw());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record made of plain values can always be written.", e);
        }
    }
}
