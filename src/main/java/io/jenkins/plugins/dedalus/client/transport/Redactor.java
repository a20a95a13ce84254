package io.jenkins.plugins.dedalus.client.transport;

import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes secrets out of texts that a server sent: it may quote what it was sent. */
public final class Redactor {

    private static final String HIDDEN = "(hidden)";

    private final String apiKey;

    public Redactor(String apiKey) {
        this.apiKey = apiKey;
    }

    /** The text without the key and without the other secrets; null stays null. */
    public String redact(String text, Collection<String> more) {
        if (text == null) {
            return null;
        }
        String shown = text;
        // Longest first: a secret that contains another must go as a whole.
        Set<String> secrets = Stream.concat(Stream.of(apiKey), more.stream()).collect(Collectors.toSet());
        for (String secret : secrets.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList()) {
            shown = shown.replace(secret, HIDDEN);
        }
        return shown;
    }

    @Override
    public String toString() {
        return "Redactor";
    }
}
