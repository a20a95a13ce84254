package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a preview is called, its label is one part of a host name; any pattern is read or refused with a sentence. */
class HostPatternPropertiesTest {
    private static final String NAME = "abcXYZ019-_./ äß😀";
    private static final String[] PARTS = {
        "https://",
        "http://",
        "{label}",
        "{number}",
        "{preview}",
        "{other}",
        "pr-",
        ".",
        "previews.example.net",
        ":8443",
        ":0",
        "/",
        "-",
        "x",
        "*",
        "{",
        "}"
    };

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aLabelIsOnePartOfAHostName(long seed) {
        Random random = new Random(seed);
        HostPattern pattern = HostPattern.parse(
                "https://" + (random.nextBoolean() ? "pr-{number}-" : "") + "{label}.previews.example.net");
        String label = pattern.label("pr-" + word(random, 60) + "x", word(random, 12) + "7");
        assertThat(label).as("seed %d", seed).matches("[a-z0-9]([a-z0-9-]{0,42}[a-z0-9])?");
        assertThat(pattern.host(label)).isEqualTo(label + ".previews.example.net");
        assertThat(pattern.url(label).getHost()).isEqualTo(pattern.host(label));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyPatternIsReadOrRefusedWithASentence(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(random.nextInt(3) > 0 ? "https://" : "");
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        try {
            HostPattern pattern = HostPattern.parse(text.toString());
            String label = pattern.label("pr-12-shop-x7f2", "12");
            assertThat(pattern.url(label).getHost()).as("'%s'", text).isEqualTo(pattern.host(label));
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage())
                    .as("'%s'", text)
                    .contains("\"" + text)
                    .endsWith(".");
        }
    }

    private static String word(Random random, int longest) {
        StringBuilder all = new StringBuilder();
        int[] characters = NAME.codePoints().toArray();
        int length = random.nextInt(longest);
        for (int i = 0; i < length; i++) {
            all.appendCodePoint(characters[random.nextInt(characters.length)]);
        }
        return all.toString();
    }
}
