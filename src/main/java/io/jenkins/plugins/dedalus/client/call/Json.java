package io.jenkins.plugins.dedalus.client.call;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.TokenFilter;
import com.fasterxml.jackson.core.filter.TokenFilter.Inclusion;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;
import okio.BufferedSource;

/** JSON in and out. No message of Jackson's leaves this class: it may quote what it read. */
public final class Json {

    /** More than any answer of the contract; guards the controller's memory. */
    public static final int MAX_ANSWER_BYTES = 16 * 1024 * 1024;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.READ_DATE_TIMESTAMPS_AS_NANOSECONDS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .withCoercionConfig(
                    LogicalType.DateTime,
                    config -> config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.AsNull))
            .addHandler(new UnreadableTimes())
            .build();

    private Json() {}

    /** A value of ours as JSON; absent parts are left out. */
    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    public static byte[] bytes(JsonNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a 2xx answer. */
    public static <T> T read(Transport.Answer answer, Function<JsonNode, T> reader) throws IOException {
        byte[] bytes = limited(answer.body(), MAX_ANSWER_BYTES);
        if (bytes == null) {
            throw malformed(
                    answer.request().doing(),
                    answer.status(),
                    "with more than 16 MiB",
                    "The answer was not read to its end.");
        }
        return parse(answer, bytes, reader);
    }

    /** Reads a 2xx answer without one kind of field, whose values may be of any size. */
    public static <T> T readWithout(
            String field, Transport.Answer answer, InputStream body, Function<JsonNode, T> reader) throws IOException {
        try (JsonParser all = MAPPER.getFactory().createParser(body);
                JsonParser rest =
                        new FilteringParserDelegate(all, new Without(field), Inclusion.INCLUDE_ALL_AND_PATH, true)) {
            return reader.apply(MAPPER.readTree(rest));
        } catch (JsonProcessingException e) {
            throw malformed(
                    answer.request().doing(),
                    answer.status(),
                    "with broken JSON" + where(e),
                    "The answer may have been cut off; try again.");
        } catch (UnexpectedShapeException e) {
            throw malformed(
                    answer.request().doing(),
                    answer.status(),
                    "with JSON of an unexpected form: " + e.getMessage(),
                    "Check the base URL.");
        }
    }

    /** Reads the bytes of a 2xx answer. */
    public static <T> T parse(Transport.Answer answer, byte[] bytes, Function<JsonNode, T> reader) {
        String doing = answer.request().doing();
        if (isHtml(answer.headers().get("Content-Type"), bytes)) {
            throw malformed(
                    doing,
                    answer.status(),
                    "with an HTML page where JSON is due",
                    "Something in between answers, such as a proxy or a login page; check the base URL.");
        }
        if (bytes.length == 0) {
            throw malformed(doing, answer.status(), "without a body where JSON is due", "Check the base URL.");
        }
        return value(doing, answer.status(), bytes, reader);
    }

    /** Reads JSON that came some other way, such as an event. */
    public static <T> T value(String doing, int status, byte[] json, Function<JsonNode, T> reader) {
        JsonNode node;
        try {
            node = MAPPER.readTree(json);
        } catch (IOException e) {
            throw malformed(
                    doing, status, "with broken JSON" + where(e), "The answer may have been cut off; try again.");
        }
        try {
            return reader.apply(node);
        } catch (UnexpectedShapeException e) {
            throw malformed(doing, status, "with JSON of an unexpected form: " + e.getMessage(), "Check the base URL.");
        }
    }

    /** A record from JSON; throws {@link UnexpectedShapeException}. */
    static <T> T as(JsonNode node, Class<T> type) {
        try {
            return MAPPER.treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw new UnexpectedShapeException(
                    "a field of the " + type.getSimpleName().toLowerCase(Locale.ROOT) + " has an unexpected type");
        }
    }

    /** JSON or null where it is none: for error answers, which come in any form. */
    public static JsonNode parseOrNull(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (IOException e) {
            // Nothing is lost: the status tells the class of the error, the body was to add words only.
            return null;
        }
    }

    /** The whole source, or null when it is longer than the limit. */
    public static byte[] limited(BufferedSource source, int limit) throws IOException {
        source.request(limit + 1L);
        return source.getBuffer().size() > limit ? null : source.readByteArray();
    }

    public static boolean isHtml(String contentType, byte[] bytes) {
        if (contentType != null && contentType.toLowerCase(Locale.ROOT).contains("html")) {
            return true;
        }
        int i = 0;
        while (i < bytes.length && bytes[i] <= ' ' && bytes[i] > 0) {
            i++;
        }
        return i < bytes.length && bytes[i] == '<';
    }

    private static MalformedResponseException malformed(String doing, int status, String what, String next) {
        String sentence = "Could not " + doing + ": the server answered " + status + " " + what + ". " + next;
        return new MalformedResponseException(new ApiFailure(sentence, status, null, null, null, false));
    }

    private static String where(IOException e) {
        if (e instanceof JsonProcessingException json) {
            JsonLocation at = json.getLocation();
            if (at != null) {
                return " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            }
        }
        return "";
    }

    /** JSON that parses, but isn't what the contract says. The message names fields, never values. */
    static final class UnexpectedShapeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnexpectedShapeException(String message) {
            super(message);
        }
    }

    /** Passes by a field's values without reading them into memory. */
    private static final class Without extends TokenFilter {
        private final String field;

        Without(String field) {
            this.field = field;
        }

        @Override
        public TokenFilter includeProperty(String name) {
            return name.equals(field) ? null : this;
        }
    }

    /** A timestamp informs; one we can't read must not hide the rest of a machine. */
    private static final class UnreadableTimes extends DeserializationProblemHandler {
        @Override
        public Object handleWeirdStringValue(
                DeserializationContext context, Class<?> target, String value, String failure) {
            return target == Instant.class ? null : NOT_HANDLED;
        }

        @Override
        public Object handleUnexpectedToken(
                DeserializationContext context, JavaType target, JsonToken token, JsonParser parser, String failure)
                throws IOException {
            if (!target.hasRawClass(Instant.class)) {
                return NOT_HANDLED;
            }
            parser.skipChildren();
            return null;
        }
    }
}
