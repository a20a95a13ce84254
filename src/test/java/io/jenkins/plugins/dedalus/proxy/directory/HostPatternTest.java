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

        assertThat(pattern.host("pr-123-shop-x7f2", "123", "web", true)).isEqualTo("pr-123-shop-x7f2.previews.example.net");
        assertThat(pattern.domain()).isEqualTo("previews.example.net");
        assertThat(pattern.url("a.previews.example.net")).isEqualTo(URI.create("https://a.previews.example.net/"));
        assertThat(pattern.tellsRepositoriesApart()).isTrue();
    }

    @Test
    void portsOfOnePreviewGetDifferentHosts() {
        HostPattern pattern = HostPattern.parse("http://pr-{number}.localhost:8080");

        assertThat(pattern.host("x", "1", "web", true)).isEqualTo("pr-1.localhost");
        assertThat(pattern.host("y", "1", "api", false)).isEqualTo("pr-1-api.localhost");
        assertThat(pattern.url("pr-1.localhost")).isEqualTo(URI.create("http://pr-1.localhost:8080/"));
        assertThat(pattern.tellsRepositoriesApart()).isFalse();
    }

    @Test
    void longAndOddNamesStayHostNames() {
        HostPattern pattern = HostPattern.parse("https://{preview}-pr.previews.example.net");
        String a = pattern.host("x".repeat(70) + "a", "1", "web", true);
        String b = pattern.host("x".repeat(70) + "b", "1", "web", true);

        assertThat(a.indexOf('.')).isLessThanOrEqualTo(63);
        assertThat(a).isNotEqualTo(b);
        assertThat(pattern.host("Feature/ÄX", "1", "web", true)).matches("[a-z0-9-]+\\.previews\\.example\\.net");
    }

    @Test
    void onlyHttpsAndLocalhostAreTrustworthy() {
        assertThat(HostPattern.parse("https://{label}.example.net").trustworthy()).isTrue();
        assertThat(HostPattern.parse("http://{label}.localhost").trustworthy()).isTrue();
        assertThat(HostPattern.parse("http://{label}.example.net").trustworthy()).isFalse();
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
