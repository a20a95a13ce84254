package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternTest {
    @Test
    void fillsItsPlaceholders() {
        HostPattern pattern = HostPattern.parse("https://{label}.previews.example.net");

        assertThat(pattern.label("pr-123-shop-x7f2", "123")).isEqualTo("pr-123-shop-x7f2");
        assertThat(pattern.host("pr-123-shop-x7f2--api")).isEqualTo("pr-123-shop-x7f2--api.previews.example.net");
        assertThat(pattern.domain()).isEqualTo("previews.example.net");
        assertThat(pattern.url("a")).isEqualTo(URI.create("https://a.previews.example.net/"));
    }

    @Test
    void aNumberAndAPortWorkToo() {
        HostPattern pattern = HostPattern.parse("http://pr-{number}.localhost:8080");

        assertThat(pattern.label("x", "1")).isEqualTo("pr-1");
        assertThat(pattern.url("pr-1")).isEqualTo(URI.create("http://pr-1.localhost:8080/"));
    }

    @Test
    void longAndOddNamesStayLabels() {
        HostPattern pattern = HostPattern.parse("https://{preview}-pr.previews.example.net");
        String a = pattern.label("x".repeat(70) + "a", "1");
        String b = pattern.label("x".repeat(70) + "b", "1");

        assertThat(a.length()).isLessThanOrEqualTo(44);
        assertThat(a).isNotEqualTo(b);
        assertThat(pattern.label("Feature/--ÄX", "1")).isEqualTo("feature-x-pr");
    }

    @Test
    void onlyHttpsAndLocalhostAreTrustworthy() {
        assertThat(HostPattern.parse("https://{label}.example.net").trustworthy())
                .isTrue();
        assertThat(HostPattern.parse("http://{label}.localhost").trustworthy()).isTrue();
        assertThat(HostPattern.parse("http://{label}.example.net").trustworthy())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "previews.example.net",
                "https://previews.example.net",
                "https://{label}",
                "https://a.{label}.example.net",
                "https://{lable}.example.net",
                "https://{name}.example.net",
                "https://{label}.example.net:99999",
                "https://{label}.example.net/path",
                "ftp://{label}.example.net",
                "https://{label}.exa mple.net"
            })
    void refusesWhatCannotWorkWithASentence(String text) {
        assertThatThrownBy(() -> HostPattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }
}
