package io.jenkins.plugins.dedalus.proxy.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import io.jenkins.plugins.dedalus.proxy.spi.WaitingPages;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WaitingPageTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:12Z");

    private final WaitingPage pages = new WaitingPage(Clock.fixed(NOW, ZoneOffset.UTC));
    private final Route route = Route.builder("pr-123.previews.example.net")
            .previewId("pr-123-shop-x7f2")
            .change("github.com/acme/shop", "123")
            .machine("dm-1", URI.create("https://x.dedaluslabs.ai"))
            .build();

    @Test
    void saysWhichPreviewWakesAndSinceWhen() {
        WaitingPages.Page page = pages.waiting(route, NOW.minusSeconds(12));

        assertThat(page.contentType()).isEqualTo("text/html; charset=utf-8");
        assertThat(page.body())
                .contains("Waking the preview", "Pull request #123 of github.com/acme/shop", "pr-123-shop-x7f2")
                .contains("10:00:00 UTC", "data-age=\"12000\"", "/.dedalus/status")
                .doesNotContain("{{");
    }

    @Test
    void isSmallAndNeedsNothingFromElsewhere() {
        String body = pages.waiting(route, NOW).body();

        assertThat(body.getBytes(StandardCharsets.UTF_8).length).isLessThan(10 * 1024);
        assertThat(body).doesNotContain("http://", "https://", "src=", "@import", "url(");
        assertThat(body).contains("prefers-color-scheme: dark", "prefers-reduced-motion", "<noscript>");
    }

    @Test
    void itsPolicyAllowsExactlyItsOwnStyleAndScript() {
        WaitingPages.Page page = pages.waiting(route, NOW);

        assertThat(page.contentSecurityPolicy())
                .startsWith("default-src 'none'")
                .contains(
                        "style-src " + Template.cspHash(inline(page.body(), "style")),
                        "script-src " + Template.cspHash(inline(page.body(), "script")),
                        "connect-src 'self'")
                .doesNotContain("unsafe");
        assertThat(page.body()).doesNotContain(" style=", " onclick");
    }

    private static String inline(String html, String tag) {
        Matcher matcher = Pattern.compile("<" + tag + ">(.*?)</" + tag + ">", Pattern.DOTALL)
                .matcher(html);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @Test
    void namesAreEscaped() {
        Route odd = Route.builder("x.example.net")
                .previewId("p")
                .label("<script>alert('\"$1')</script>")
                .change("github.com/<b>/\"", "1&2")
                .state(RouteState.PROVISIONING)
                .build();

        assertThat(pages.waiting(odd, NOW).body())
                .contains("&lt;script&gt;alert(&#39;&quot;$1&#39;)", "1&amp;2")
                .doesNotContain("<script>alert", "<b>");
        assertThat(pages.problem(odd, 503, "<i>no</i>", true).body()).doesNotContain("<i>no");
    }

    @Test
    void aFailedDeploymentIsNoReasonToWait() {
        Route failed = Route.builder("x.example.net")
                .state(RouteState.FAILED)
                .problem("deploy ended with exit code 3.")
                .build();

        assertThat(pages.buildFailed(failed, true).body()).contains("deploy ended with exit code 3.", "Try again");
        assertThat(pages.waiting(route, NOW).body()).contains("Waking the preview");
    }

    @Test
    void problemsAreSentencesForProgramsAndPagesForPeople() {
        assertThat(pages.problem(null, 404, "No preview has the host x.", false).body())
                .isEqualTo("No preview has the host x.\n");
        assertThat(pages.problem(route, 410, "Closed.", true).body())
                .contains("The preview of #123 is gone", "Closed.")
                .doesNotContain("Try again");
        assertThat(pages.problem(route, 504, "Too slow.", true).body()).contains("Try again");
        assertThat(pages.status(route, WaitingPages.Progress.WAKING, NOW).body())
                .isEqualTo(
                        "{\"state\":\"waking\",\"preview\":\"pr-123-shop-x7f2\",\"since\":\"2026-03-01T10:00:12Z\"}\n");
    }
}
