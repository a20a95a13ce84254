package io.jenkins.plugins.dedalus.preview.ledger;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import java.io.IOException;

/**
 * Reads equal texts as one object: a record says its label, its commit and its machine several times, and all records say
 * {@code main} and {@code 15m}. Remembers the texts of late, however many there were. Thread-safe: a lost race costs a copy.
 */
final class SharedStrings extends StdScalarDeserializer<String> {
    private static final long serialVersionUID = 1L;
    private static final int REMEMBERED = 1024;
    private static final int LONGEST = 256;

    private final String[] recent = new String[REMEMBERED];

    SharedStrings() {
        super(String.class);
    }

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        return shared(StringDeserializer.instance.deserialize(parser, context));
    }

    String shared(String text) {
        if (text == null || text.length() > LONGEST) {
            return text;
        }
        int hash = text.hashCode();
        int place = (hash ^ hash >>> 16) & REMEMBERED - 1;
        String known = recent[place];
        if (text.equals(known)) {
            return known;
        }
        recent[place] = text;
        return text;
    }
}
