package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.proxy.access.revocation.Withdrawals;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteFeedTest {
    private List<Route> routes = new ArrayList<>();
    private Withdrawals withdrawals = Withdrawals.NONE;
    private final RouteFeed feed = new RouteFeed(() -> List.copyOf(routes), () -> withdrawals);

    private static Route route(int number, int generation) {
        return Route.builder("pr-" + number + ".example.net")
                .previewId("pr-" + number)
                .change("github.com/acme/shop", Integer.toString(number))
                .machine("dm-" + number + "-" + generation, URI.create("https://a.dedaluslabs.ai"))
                .build();
    }

    @Test
    void whoHasTheListGetsNothing() {
        routes.add(route(1, 1));
        RouteFeed.Reply first = feed.answer(null, null);
        assertThat(first.status()).isEqualTo(200);
        assertThat(RouteList.read(first.body(), AccessMode.PUBLIC).tag()).isEqualTo(first.tag());

        assertThat(feed.answer(first.tag(), null)).isEqualTo(new RouteFeed.Reply(304, first.tag(), null));
        routes.set(0, route(1, 2));
        assertThat(feed.answer(first.tag(), null).body()).contains("dm-1-2").doesNotContain("since");
    }

    @Test
    void whoUnderstandsChangesGetsOnlyThese() {
        for (int i = 0; i < 1000; i++) {
            routes.add(route(i, 1));
        }
        RouteFeed.Reply all = feed.answer(null, null);
        routes.set(500, route(500, 2));
        routes.remove(3);
        routes.add(10, route(2000, 1));
        withdrawals = new Withdrawals(Set.of("link"), Map.of("pr-7", 2));
        RouteFeed.Reply changes = feed.answer(all.tag(), all.tag());

        assertThat(changes.body()).hasSizeLessThan(1500).contains("dm-500-2", "pr-3.example.net", "dm-2000-1");
        RouteList before = RouteList.read(all.body(), AccessMode.PUBLIC);
        RouteList after = RouteList.read(changes.body(), AccessMode.PUBLIC, before, all.tag());
        assertThat(after.routes()).isEqualTo(routes);
        assertThat(after.withdrawals()).isEqualTo(withdrawals);
        assertThat(after.tag()).isEqualTo(changes.tag());
        assertThatThrownBy(() -> RouteList.read(changes.body(), AccessMode.PUBLIC, before, "\"other\""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("start from another list");
    }

    @Test
    void whoIsFarBehindGetsAll() {
        routes.add(route(1, 0));
        String old = feed.answer(null, null).tag();
        for (int i = 1; i < 20; i++) {
            routes.set(0, route(1, i));
            feed.answer(null, null);
        }
        assertThat(feed.answer(old, old).body()).doesNotContain("since");
        assertThat(feed.answer("\"never\"", "\"never\"").body()).doesNotContain("since");
    }

    /** Whatever changes, a follower has the owner's list after each poll, in the owner's order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aFollowerAlwaysArrivesAtTheOwnersList(long seed) {
        Random random = new Random(seed);
        RouteList known = null;
        String tag = null;
        int whole = 0;
        for (int round = 0; round < 300; round++) {
            change(random);
            RouteFeed.Reply reply = feed.answer(tag, tag);
            if (reply.body() != null) {
                whole += RouteList.isChanges(reply.body()) ? 0 : 1;
                known = RouteList.read(reply.body(), AccessMode.PUBLIC, known, tag);
                tag = reply.tag();
            }
            assertThat(known.routes()).as("round %d", round).isEqualTo(routes);
            assertThat(known.tag()).isEqualTo(tag);
        }
        assertThat(whole).as("most answers hold changes only").isLessThan(100);
    }

    private void change(Random random) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            int number = random.nextInt(30);
            int place = random.nextInt(routes.size() + 1);
            switch (random.nextInt(8)) {
                case 0 -> routes.removeIf(route -> route.changeId().equals(Integer.toString(number)));
                case 1 -> withdrawals = new Withdrawals(Set.of("l" + number), Map.of("pr-" + number, place));
                case 2 -> {
                    if (random.nextInt(4) == 0) {
                        Collections.shuffle(routes, random);
                    }
                }
                case 3 ->
                    routes.replaceAll(route -> route.changeId().equals(Integer.toString(number))
                            ? Route.builder(route.host())
                                    .change(route.repository(), route.changeId())
                                    .state(RouteState.CLOSED)
                                    .build()
                            : route);
                default -> {
                    Route fresh = route(number, random.nextInt(3));
                    if (routes.stream().noneMatch(route -> route.host().equals(fresh.host()))) {
                        routes.add(place, fresh);
                    }
                }
            }
        }
    }
}
