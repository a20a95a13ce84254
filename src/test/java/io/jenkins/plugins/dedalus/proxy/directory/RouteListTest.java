package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class RouteListTest {
    private final Route serving = Route.builder("pr-1.example.net")
            .previewId("pr-1-shop-abcd")
            .change("github.com/acme/shop", "1")
            .machine("dm-1", URI.create("https://a.dedaluslabs.ai"))
            .autosleep(Duration.ofMinutes(10))
            .healthPath("/health")
            .startPath(".dedalus-preview/start")
            .access(AccessMode.JENKINS)
            .visibility(Visibility.ORG)
            .answers(new TimeLimits.Answers(Duration.ofMinutes(20), Duration.ZERO))
            .build();
    private final Route closed = Route.builder("pr-2.example.net")
            .autosleep(null)
            .state(RouteState.CLOSED)
            .build();

    @Test
    void whatIsWrittenIsReadAgain() {
        Route failed = Route.builder("pr-3.example.net")
                .state(RouteState.FAILED)
                .problem("The last build failed.")
                .build();
        RouteList list = new RouteList(List.of(serving, closed, failed));
        RouteList read = RouteList.read(list.write(), AccessMode.PUBLIC);

        assertThat(read.routes()).isEqualTo(List.of(serving, closed, failed));
        assertThat(read.routes().get(0).startPath()).isEqualTo(".dedalus-preview/start");
        assertThat(read.write()).isEqualTo(list.write());
    }

    @Test
    void onlyProtectedRoutesToAddressesThatAskForOneGetTheViewerKey() {
        assertThat(serving.takesViewerKey()).isTrue();
        assertThat(closed.takesViewerKey()).isFalse();
        for (AccessMode access : AccessMode.values()) {
            assertThat(Route.builder("x.example.net")
                            .state(RouteState.CLOSED)
                            .access(access)
                            .build()
                            .takesViewerKey())
                    .isFalse();
        }
        assertThat(Route.builder("x.example.net")
                        .state(RouteState.CLOSED)
                        .visibility(Visibility.ORG)
                        .build()
                        .takesViewerKey())
                .as("public access must not open an organisation's preview to anyone")
                .isFalse();
    }

    @Test
    void aShortEntryIsEnough() {
        RouteList read = RouteList.read(
                "{\"routes\":[{\"host\":\"a.example.net\",\"machineId\":\"dm-1\",\"upstream\":\"https://x.dedaluslabs.ai\"}]}",
                AccessMode.BASIC);

        Route route = read.routes().get(0);
        assertThat(route.access()).isEqualTo(AccessMode.BASIC);
        assertThat(route.state()).isEqualTo(RouteState.SERVING);
        assertThat(route.healthPath()).isEqualTo("/");
    }

    @Test
    void oneBadEntryDoesNotTakeTheOthersOffTheAir() {
        RouteList read = RouteList.read("""
                {"routes":[
                  {"host":"UPPER.example.net","state":"closed"},
                  {"host":"x.example.net","access":"everyone"},
                  {"host":"y.example.net","upstream":"ht tp://"},
                  {"host":"good.example.net","state":"closed"}]}
                """, AccessMode.PUBLIC);

        assertThat(read.routes()).extracting(Route::host).containsExactly("good.example.net");
    }

    @Test
    void whatIsNoListIsRefused() {
        for (String text : new String[] {"", "[]", "{", "<html>", "{\"routes\":{}}", "{\"version\":2,\"routes\":[]}"}) {
            assertThatThrownBy(() -> RouteList.read(text, AccessMode.PUBLIC))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("The route list");
        }
    }

    @Test
    void aChangeIsFoundByNumberWhereThatIsEnough() {
        Route other = Route.builder("pr-9.example.net")
                .change("github.com/acme/blog", "9")
                .state(RouteState.CLOSED)
                .build();
        Route same = Route.builder("pr-1b.example.net")
                .change("gitlab.com/acme/shop", "1")
                .state(RouteState.PROVISIONING)
                .build();
        RouteIndex<Integer> table = RouteIndex.of(List.of(serving, other, same));

        assertThat(table.lookupChange(null, "9")).contains(other);
        assertThat(table.lookupChange(null, "1"))
                .as("two repositories have a #1")
                .isEmpty();
        assertThat(table.lookupChange("https://github.com/acme/shop.git", "1")).contains(serving);
        assertThat(table.lookupChange("acme/blog", "9")).contains(other);
        assertThat(table.lookupChange("acme/shop", "1")).as("on two hosts").isEmpty();
        assertThat(table.lookupChange("me/shop", "1")).isEmpty();
        assertThat(table.lookupChange(null, "77")).isEmpty();
    }

    @Test
    void aClosedPreviewStandsInNobodysWay() {
        Route closedToo = Route.builder("pr-1b.example.net")
                .change("gitlab.com/acme/shop", "1")
                .state(RouteState.CLOSED)
                .build();
        RouteIndex<Integer> table = RouteIndex.of(List.of(serving, closedToo));

        assertThat(table.lookupChange(null, "1")).contains(serving);
        assertThat(table.lookupChange("acme/shop", "1")).contains(serving);
        assertThat(table.lookupChange("gitlab.com/acme/shop", "1")).contains(closedToo);
    }

    @Test
    void theFirstOfTwoRoutesKeepsTheHost() {
        Route thief = Route.builder("pr-1.example.net")
                .change("github.com/evil/shop", "1")
                .state(RouteState.CLOSED)
                .build();

        assertThat(RouteIndex.of(List.of(serving, thief)).lookup("pr-1.example.net"))
                .contains(serving);
    }

    @Test
    void aListOfNonsenseDoesNotFillTheLog() {
        List<String> said = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                said.add(entry.getMessage());
            }

            @Override
            public void flush() {
                // Nothing is kept back.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        Logger log = Logger.getLogger(RouteList.class.getName());
        log.addHandler(handler);
        try {
            String nonsense =
                    "{\"routes\":[" + "{},".repeat(999) + "{\"host\":\"pr-1.example.net\",\"state\":\"closed\"}]}";
            assertThat(RouteList.read(nonsense, AccessMode.PUBLIC).routes()).hasSize(1);
        } finally {
            log.removeHandler(handler);
        }
        assertThat(said).hasSize(6).last().asString().contains("more routes are left out");
    }
}
