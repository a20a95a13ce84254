package io.jenkins.plugins.dedalus.preview.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What autosleep is written as is read as the same; any other text is a sentence and nothing else. */
class AutosleepPropertiesTest {
    private static final String ALPHABET = "0123456789wdhms -never.";

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsWrittenIsReadAsTheSame(long seed) {
        Random random = new Random(seed);
        long seconds = 1 + (random.nextBoolean() ? random.nextInt(100) : random.nextLong(10_000_000_000L));
        Autosleep autosleep = new Autosleep(Duration.ofSeconds(seconds));
        assertThat(Autosleep.parse(autosleep.format())).isEqualTo(autosleep);
        assertThat(Autosleep.parse(Long.toString(seconds))).isEqualTo(autosleep);
        assertThat(Autosleep.ofSeconds(Long.valueOf(seconds))).isEqualTo(autosleep);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyTextIsReadOrRefusedWithASentence(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(14);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        try {
            Autosleep read = Autosleep.parse(text.toString());
            assertThat(Autosleep.parse(read.format())).as("'%s'", text).isEqualTo(read);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("autosleep is").hasMessageContaining("allowed are");
        }
    }
}
