package io.jenkins.plugins.dedalus.client.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "0, PT0S, 0s",
        "0s, PT0S, 0s",
        "250ms, PT0.25S, 250ms",
        "90s, PT90S, 1m30s",
        "1h30m, PT90M, 1h30m",
        "1w3d, PT240H, 1w3d",
        "1w2d3h4m5s6ms, PT219H4M5.006S, 1w2d3h4m5s6ms",
        "999999999w, PT167999999832H, 999999999w"
    })
    void whatPeopleWriteIsReadAndWrittenInOneWay(String text, Duration duration, String formatted) {
        assertThat(Durations.parse(text)).contains(duration);
        assertThat(Durations.format(duration)).isEqualTo(formatted);
        assertThat(Durations.parse(formatted)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1800", "00", "5 m", "m", "-1s", "1.5h", "5m3h", "1m1m", "never", "1234567890s"})
    void anythingElseIsNone(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @Test
    void aBareNumberIsSecondsWhereTheApiSaysSo() {
        assertThat(Durations.parseOrSeconds("1800")).contains(Duration.ofMinutes(30));
        assertThat(Durations.parseOrSeconds("00")).contains(Duration.ZERO);
        assertThat(Durations.parseOrSeconds("15m")).contains(Duration.ofMinutes(15));
        assertThat(Durations.parseOrSeconds("soon")).isEmpty();
        assertThat(Durations.parseOrSeconds(null)).isEmpty();
        assertThat(Durations.parse(null)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PT45S, 45s", "PT3M5S, 3m 5s", "PT2H, 2h", "PT99H, 4d 3h", "PT-1S, 0s"})
    void itIsSaidInTwoUnitsAtMost(Duration duration, String said) {
        assertThat(Durations.say(duration)).isEqualTo(said);
    }
}
