package io.jenkins.plugins.dedalus.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a page asks by itself, by its rhythm. */
class PollsTest {
    private static final MultiMap SCRIPT =
            HttpHeaders.headers().add("Sec-Fetch-Dest", "empty").add("Sec-Fetch-Mode", "cors");

    private final Polls polls = new Polls();

    private boolean own(String client, String uri, MultiMap headers, double seconds) {
        long nanos = 1 + (long) (seconds * Duration.ofSeconds(1).toNanos());
        return polls.isOwn("pr-1.example.net", client, HttpMethod.GET, uri, headers, false, nanos);
    }

    @Test
    void whatComesInEqualIntervalsIsAPoll() {
        assertThat(own("a", "/news?t=1", SCRIPT, 0)).isFalse();
        assertThat(own("a", "/news?t=2", SCRIPT, 600)).isFalse();
        assertThat(own("a", "/news?t=3", SCRIPT, 1205)).isTrue();
        assertThat(own("a", "/news?t=4", SCRIPT, 1206)).as("it asks in vain").isTrue();
        assertThat(own("a", "/news?t=5", SCRIPT, 9000)).isTrue();
        polls.awake("pr-1.example.net", "a", "/news");
        assertThat(own("a", "/news?t=6", SCRIPT, 9100)).as("since it answers").isFalse();
    }

    @Test
    void aSocketThatPollsConnectsAgainWithoutARhythm() {
        assertThat(own("a", "/socket.io/?EIO=4&transport=polling&t=a", SCRIPT, 0))
                .as("the first")
                .isFalse();
        assertThat(own("a", "/socket.io/?EIO=4&transport=polling&t=b", SCRIPT, 1))
                .isTrue();
        assertThat(own("a", "/socket.io/?EIO=4&transport=polling&t=c", SCRIPT, 7))
                .isTrue();
        assertThat(own("b", "/socket.io/?EIO=4&transport=polling&t=c", SCRIPT, 8))
                .isFalse();
    }

    @Test
    void whatPeopleDoHasNoRhythm() {
        for (double at : new double[] {0, 3, 11, 13, 60, 400, 402}) {
            assertThat(own("a", "/items", SCRIPT, at)).isFalse();
        }
    }

    @Test
    void aStrangersPollsHoldNobodyElseBack() {
        for (int i = 0; i < 20; i++) {
            own("stranger", "/items", SCRIPT, i);
        }
        assertThat(own("stranger", "/items", SCRIPT, 20)).isTrue();
        assertThat(own("stranger", "/other", SCRIPT, 21)).isFalse();
        assertThat(own("somebody", "/items", SCRIPT, 21)).isFalse();
        MultiMap navigation =
                HttpHeaders.headers().add("Sec-Fetch-Dest", "document").add("Sec-Fetch-Mode", "navigate");
        assertThat(own("stranger", "/items", navigation, 22)).isFalse();
        assertThat(own("stranger", "/items", HttpHeaders.headers(), 23))
                .as("a program")
                .isFalse();
    }

    private static MultiMap navigation(String... more) {
        MultiMap headers = HttpHeaders.headers()
                .add("Sec-Fetch-Dest", "document")
                .add("Sec-Fetch-Mode", "navigate")
                .add("Accept", "text/html,*/*");
        for (int i = 0; i < more.length; i += 2) {
            headers.add(more[i], more[i + 1]);
        }
        return headers;
    }

    private static MultiMap byScript(String page) {
        return navigation("Sec-Fetch-Site", "same-origin", "Sec-CH-UA", "\"Chromium\";v=\"156\"", "Referer", page);
    }

    /** Next.js loads its page anew when it has tried in vain to connect a dozen times. */
    @Test
    void aPageThatLoadsItselfAnewIsNobodyLongAfterSomebodyCame() {
        String page = "https://pr-1.example.net/shop?page=2";
        MultiMap person = navigation("Sec-Fetch-User", "?1", "Sec-Fetch-Site", "none", "Sec-CH-UA", "x");
        assertThat(own("a", "/shop?page=2", byScript(page), 0))
                .as("the page may be older than the router")
                .isFalse();
        assertThat(own("a", "/shop?page=2", byScript(page), 299))
                .as("the waiting page of somebody who came")
                .isFalse();
        assertThat(own("a", "/shop?page=2", byScript(page), 301)).isTrue();
        assertThat(own("a", "/shop?page=2", person, 302)).isFalse();
        assertThat(own("a", "/shop?page=2", byScript(page), 303)).isFalse();
        assertThat(own("a", "/shop?page=2", byScript(page), 900)).isTrue();
        assertThat(own("a", "/shop?page=3", byScript(page), 901))
                .as("to another page")
                .isFalse();
        MultiMap anotherBrowser = byScript(page).remove("Sec-CH-UA");
        assertThat(own("a", "/shop?page=2", anotherBrowser, 1900))
                .as("one that says less")
                .isFalse();
        assertThat(own("b", "/shop?page=2", byScript(page), 1900))
                .as("somebody else")
                .isFalse();
    }

    @Test
    void remembersABoundedNumberOfRequests() {
        for (int i = 0; i < 30_000; i++) {
            own("a", "/" + i, SCRIPT, i);
        }
        assertThat(own("a", "/0", SCRIPT, 60_000)).isFalse();
        assertThat(own("a", "/0", SCRIPT, 120_000))
                .as("known since a moment ago")
                .isFalse();
        assertThat(own("a", "/0", SCRIPT, 180_000)).isTrue();
    }
}
