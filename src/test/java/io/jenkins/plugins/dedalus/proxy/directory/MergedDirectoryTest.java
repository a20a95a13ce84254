package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.proxy.access.ShareLinks;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import io.jenkins.plugins.dedalus.proxy.access.revocation.FollowedRevocations;
import io.jenkins.plugins.dedalus.proxy.access.revocation.MemoryRevocations;
import io.jenkins.plugins.dedalus.proxy.access.revocation.Withdrawals;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several owners, each with a kept list; the second one may be broken or hostile. */
class MergedDirectoryTest {
    private static final String HOST = "pr-1.previews.example.net";

    private final EngineThreads threads = new EngineThreads("owners", 1);

    @TempDir
    Path dir;

    @AfterEach
    void stop() {
        threads.close();
    }

    private OwnerDirectory owner(String name, Withdrawals withdrawals, Route... routes) throws IOException {
        return owner(name, host -> true, withdrawals, routes);
    }

    private OwnerDirectory owner(String name, Predicate<String> mayName, Withdrawals withdrawals, Route... routes)
            throws IOException {
        Path kept = dir.resolve(name + ".json");
        Files.writeString(kept, new RouteList(List.of(routes), withdrawals).write());
        return new OwnerDirectory(
                ListOwner.jenkins(URI.create("http://127.0.0.1:9/" + name)).within(mayName),
                "t",
                AccessMode.BASIC,
                threads,
                Duration.ofHours(1),
                kept,
                Clock.systemUTC());
    }

    private OwnerDirectory owner(String name, Route... routes) throws IOException {
        return owner(name, Withdrawals.NONE, routes);
    }

    private static Route route(String host, String machine, RouteState state) {
        return Route.builder(host)
                .previewId("pr-1-shop")
                .change("github.com/acme/shop", "1")
                .machine(machine, URI.create("https://" + machine + ".dedaluslabs.ai"))
                .state(state)
                .build();
    }

    @Test
    void anOpenPreviewsHostStaysWithTheFirstOwner() throws Exception {
        OwnerDirectory first = owner("a", route(HOST, "dm-a", RouteState.SERVING));
        OwnerDirectory second = owner("b", route(HOST, "dm-b", RouteState.SERVING));
        try (MergedDirectory merged = new MergedDirectory(List.of(first, second))) {
            assertThat(merged.lookup(HOST).orElseThrow().machineId()).isEqualTo("dm-a");
            assertThat(merged.ownerOf(HOST)).containsSame(first);
            assertThat(merged.describe()).contains("1 hosts are claimed by more than one");
        }
    }

    @Test
    void aClosedPreviewLeavesItsHostToAnotherOwnersOpenOne() throws Exception {
        OwnerDirectory first = owner("a", route(HOST, "dm-a", RouteState.CLOSED));
        OwnerDirectory second = owner("b", route(HOST, "dm-b", RouteState.SERVING));
        OwnerDirectory third = owner("c", route(HOST, "dm-c", RouteState.CLOSED));
        try (MergedDirectory merged = new MergedDirectory(List.of(first, second, third))) {
            assertThat(merged.lookup(HOST).orElseThrow().machineId()).isEqualTo("dm-b");
            assertThat(merged.ownerOf(HOST)).containsSame(second);
            assertThat(merged.routes()).extracting(Route::machineId).containsExactly("dm-b");
            assertThat(merged.lookupChange("github.com/acme/shop", "1")
                            .orElseThrow()
                            .machineId())
                    .isEqualTo("dm-b");
        }
        try (MergedDirectory merged = new MergedDirectory(List.of(third, first))) {
            assertThat(merged.lookup(HOST).orElseThrow().machineId()).isEqualTo("dm-c");
            assertThat(merged.ownerOf(HOST)).containsSame(third);
        }
    }

    @Test
    void aHostBelowAPreviewsOwnIsItsOwnersUnlessItIsSomebodysOwn() throws Exception {
        OwnerDirectory first = owner("a", route(HOST, "dm-a", RouteState.SERVING));
        OwnerDirectory second = owner("b", route("api--" + HOST, "dm-b", RouteState.SERVING));
        try (MergedDirectory merged = new MergedDirectory(List.of(first, second))) {
            assertThat(merged.find("tenant." + HOST).orElseThrow().machineId()).isEqualTo("dm-a");
            assertThat(merged.ownerOf("tenant." + HOST)).containsSame(first);
            assertThat(merged.find("api--" + HOST).orElseThrow().machineId()).isEqualTo("dm-b");
            assertThat(merged.ownerOf("tenant.api--" + HOST)).containsSame(second);
            assertThat(merged.find("tenant.pr-2.previews.example.net")).isEmpty();
            assertThat(merged.lookup("tenant." + HOST)).isEmpty();
        }
    }

    @Test
    void whatAnotherOwnerSaysOfItsHostsIsNoWordAboutThese() throws Exception {
        String other = "pr-1.elsewhere.example.net";
        OwnerDirectory first = owner(
                "a",
                route(HOST, "dm-a", RouteState.SERVING),
                route("pr-1--api.previews.example.net", "dm-a", RouteState.SERVING));
        OwnerDirectory second = owner("b", route(other, "dm-b", RouteState.SERVING));
        try (MergedDirectory merged = new MergedDirectory(List.of(first, second))) {
            assertThat(merged.sameOwner(HOST, "pr-1--api.previews.example.net")).isTrue();
            assertThat(merged.sameOwner(HOST, other)).isFalse();
        }
    }

    @Test
    void noOwnerTakesHostsOfAnotherOnesDomain() throws Exception {
        String free = "pr-1.elsewhere.example.net";
        OwnerDomains domains = new OwnerDomains(List.of(List.of(), List.of("previews.example.net"), List.of("x.org")));
        OwnerDirectory first = owner(
                "a",
                domains.of(0),
                Withdrawals.NONE,
                route(HOST, "dm-a", RouteState.SERVING),
                route("pr-9.previews.example.net", "dm-a", RouteState.SERVING),
                route("previews.example.net", "dm-a", RouteState.SERVING),
                route(free, "dm-a", RouteState.SERVING));
        OwnerDirectory second = owner(
                "b",
                domains.of(1),
                Withdrawals.NONE,
                route(HOST, "dm-b", RouteState.SERVING),
                route("pr-1.notpreviews.example.net", "dm-b", RouteState.SERVING));
        OwnerDirectory third = owner("c", domains.of(2), Withdrawals.NONE, route(free, "dm-c", RouteState.SERVING));
        try (MergedDirectory merged = new MergedDirectory(List.of(first, second, third))) {
            assertThat(merged.routes())
                    .extracting(Route::host, Route::machineId)
                    .containsExactlyInAnyOrder(tuple(free, "dm-a"), tuple(HOST, "dm-b"));
            assertThat(merged.ownerOf(HOST)).containsSame(second);
            assertThat(merged.describe())
                    .contains("1 hosts", "3 more are outside of its domains and left out")
                    .doesNotContain("claimed by more than one");
        }
    }

    /** Both have a preview of the same change request, and so of the same id. */
    @Test
    void whatAnotherOwnerWithdrewIsNoWordAboutThisOnesLinks() throws Exception {
        String other = "pr-1.elsewhere.example.net";
        OwnerDirectory first = owner("a", route(HOST, "dm-a", RouteState.SERVING));
        OwnerDirectory second = owner(
                "b",
                new Withdrawals(Set.of("link-of-a"), Map.of("pr-1-shop", 3)),
                route(other, "dm-b", RouteState.SERVING));
        Signer shared = new Signer(Signer.freshKey());
        ShareLinks owners = new ShareLinks(shared, new MemoryRevocations(), Clock.systemUTC());
        try (MergedDirectory merged = new MergedDirectory(List.of(first, second))) {
            ShareLinks links = new ShareLinks(shared, new FollowedRevocations(merged::withdrawals), Clock.systemUTC());

            String link = owners.issue("pr-1-shop", HOST, Duration.ofHours(1)).token();
            assertThat(links.verify(link, "pr-1-shop", HOST)).isPresent();
            assertThat(links.isBypass(owners.bypassToken("pr-1-shop", HOST), "pr-1-shop", HOST))
                    .isTrue();
            String stale = owners.issue("pr-1-shop", other, Duration.ofHours(1)).token();
            assertThat(links.verify(stale, "pr-1-shop", other)).isEmpty();
            assertThat(links.isBypass(owners.bypassToken("pr-1-shop", other), "pr-1-shop", other))
                    .isFalse();
            assertThat(merged.withdrawals(HOST)).isEqualTo(Withdrawals.NONE);
            assertThat(merged.withdrawals("pr-7.nobody.example.net")).isEqualTo(Withdrawals.NONE);
        }
    }
}
