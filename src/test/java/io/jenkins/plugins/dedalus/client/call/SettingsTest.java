package io.jenkins.plugins.dedalus.client.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final String KEY = "dsk_live_abcdef";

    @Test
    void theDefaultsAreGood() {
        try (DedalusClient client = DedalusClient.builder().apiKey(KEY).build()) {
            assertThat(client.baseUrl()).hasToString("https://dcs.dedaluslabs.ai");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://dcs.example.net",
                "HTTPS://dcs.example.net/",
                "http://localhost:7070",
                "http://127.0.0.1",
                "http://127.9.9.9:1/x/",
                "http://[::1]:7070"
            })
    void acceptsTlsAndLoopback(String url) {
        assertThat(Settings.baseUrl(url, KEY).toString()).doesNotEndWith("/");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://dcs.dedaluslabs.ai|travel in the clear",
                "http://127.0.0.1.evil.example|travel in the clear",
                "http://localhost.evil.example|travel in the clear",
                "http://10.0.0.1|travel in the clear",
                "ftp://x|must start with https://",
                "dcs.dedaluslabs.ai|must start with https://",
                "https://|is not a URL",
                "https:///v1|names no host",
                "https://a b|is not a URL",
                "https://x/?a=b|must not contain ? or #",
                "https://x/#a|must not contain ? or #",
                "https://user:hunter2@x/|must not contain a user name or password",
                "https://host_with_underscore:hunter2@/|must not contain a user name or password",
                "''|is empty"
            })
    void refusesOtherBaseUrls(String url, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> DedalusClient.builder().apiKey(KEY).baseUrl(url).build())
                .withMessageContaining(why)
                .withMessageNotContaining("hunter2");
    }

    @Test
    void aKeyInTheWrongFieldIsNotShown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.baseUrl(KEY, KEY))
                .withMessageNotContaining(KEY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.baseUrl("dsk_live_of_somebody_else", KEY))
                .withMessageNotContaining("dsk_live");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.baseUrl(null, KEY))
                .withMessageContaining("is empty");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "  "})
    void refusesAnEmptyKey(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DedalusClient.builder().apiKey(key).build())
                .withMessageContaining("API key is empty");
    }

    @Test
    void refusesAKeyThatWouldBreakTheHeader() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.apiKey(KEY + "\n"))
                .withMessageContaining("line break")
                .withMessageNotContaining(KEY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.apiKey(KEY + "\r\nX-Evil: 1"))
                .withMessageContaining("line break")
                .withMessageNotContaining("Evil");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.apiKey("a b"))
                .withMessageContaining("blank");
        assertThatIllegalArgumentException().isThrownBy(() -> Settings.apiKey("schlüssel"));
    }

    @Test
    void refusesOtherOddities() {
        assertThat(Settings.organization(" ")).isNull();
        assertThat(Settings.organization("o-1")).isEqualTo("o-1");
        assertThatIllegalArgumentException().isThrownBy(() -> Settings.organization("a\r\nb"));
        assertThatIllegalArgumentException().isThrownBy(() -> Settings.userAgent("a\nb"));
        assertThatIllegalArgumentException().isThrownBy(() -> Settings.userAgent(null));
        DedalusClient.Builder builder = DedalusClient.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxRetries(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxRetries(21));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.callTimeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.totalDeadline(null));
    }
}
