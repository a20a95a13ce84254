package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import io.jenkins.plugins.dedalus.testing.Allocation;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerDirectoryTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final PreviewKey KEY = PreviewKey.of("github.com/acme/shop", "7");

    @TempDir
    Path dir;

    private PreviewLedger ledger;
    private LedgerDirectory directory;

    @BeforeEach
    void open() {
        ledger = PreviewLedger.open(dir.resolve("ledger"));
        directory = new LedgerDirectory(
                ledger,
                new RecordRoutes(HostPattern.parse("https://{label}.previews.example.net"), AccessMode.BASIC),
                Clock.systemUTC());
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private static PreviewRecordBuilder record(PreviewKey key, String label) {
        return new PreviewRecordBuilder(key).label(label).createdAt(NOW);
    }

    private static PreviewRecordBuilder ready() {
        return record(KEY, "pr-7")
                .state(PreviewState.READY)
                .machine(new MachineInfo("dm-7", 1, 1024, 10, "15m", NOW))
                .port(port("web", "pr-7", "https://w.dedaluslabs.ai/some/path"))
                .port(port("api", "pr-7--api", "https://a.dedaluslabs.ai"))
                .healthPath("/health")
                .serving("c0ffee", "digest", NOW);
    }

    private static ExposedPort port(String name, String label, String url) {
        return new ExposedPort(name, 3000, label, "p-" + name, url, Protocol.HTTP, Visibility.PUBLIC);
    }

    private RouteState state(String host) {
        return directory.lookup(host).map(Route::state).orElse(null);
    }

    @Test
    void everyPortHasAHostOfItsOwn() {
        ledger.put(ready().build());

        Route web = directory.lookup("pr-7.previews.example.net").orElseThrow();
        assertThat(web.upstream()).isEqualTo(URI.create("https://w.dedaluslabs.ai"));
        assertThat(web.machineId()).isEqualTo("dm-7");
        assertThat(web.autosleep()).isEqualTo(Duration.ofMinutes(15));
        assertThat(web.healthPath()).isEqualTo("/health");
        assertThat(web.access()).isEqualTo(AccessMode.BASIC);
        Route api = directory.lookup("pr-7--api.previews.example.net").orElseThrow();
        assertThat(api.upstream()).isEqualTo(URI.create("https://a.dedaluslabs.ai"));
        assertThat(api.sameChange(web)).isTrue();
        assertThat(directory.lookupChange(null, "7")).contains(web);
    }

    @Test
    void followsAPreviewThroughItsLife() {
        ledger.put(record(KEY, "pr-7").state(PreviewState.PROVISIONING).build());
        assertThat(state("pr-7.previews.example.net")).isEqualTo(RouteState.PROVISIONING);

        PreviewRecord ready = ready().build();
        ledger.put(ready);
        assertThat(state("pr-7.previews.example.net")).isEqualTo(RouteState.SERVING);

        ledger.put(ready.toBuilder().state(PreviewState.PROVISIONING).build());
        assertThat(state("pr-7.previews.example.net"))
                .as("a newer commit is on its way; the old one still serves")
                .isEqualTo(RouteState.SERVING);

        PreviewRecord closing = ready.toBuilder()
                .state(PreviewState.CLOSING)
                .closing(new Closing(NOW, false, NOW.plusSeconds(60), "its branch is gone", true))
                .build();
        ledger.put(closing);
        assertThat(state("pr-7.previews.example.net"))
                .as("may be a mistake: it sleeps, and wakes for whoever looks")
                .isEqualTo(RouteState.SERVING);

        ledger.put(closing.toBuilder()
                .closing(new Closing(NOW, true, NOW.plusSeconds(60), "merged", true))
                .build());
        assertThat(state("pr-7.previews.example.net")).isEqualTo(RouteState.CLOSED);

        ledger.forget(KEY);
        assertThat(state("pr-7.previews.example.net"))
                .as("its viewers still read why")
                .isEqualTo(RouteState.CLOSED);

        ledger.put(ready);
        assertThat(state("pr-7.previews.example.net")).isEqualTo(RouteState.SERVING);
    }

    @Test
    void whatABuildStoppedServesNoMoreUntilAnotherSucceeds() {
        String host = "pr-7.previews.example.net";
        ledger.put(record(KEY, "pr-7").state(PreviewState.FAILED).told("told").build());
        assertThat(state(host)).as("a first build").isEqualTo(RouteState.FAILED);
        assertThat(directory.lookup(host).orElseThrow().problem()).isEqualTo("told");

        PreviewRecord failed =
                ready().state(PreviewState.FAILED).problem("secret").build();
        ledger.put(failed);
        assertThat(state(host)).as("the commit before goes on").isEqualTo(RouteState.SERVING);

        ledger.put(failed.toBuilder().stopped(true).build());
        assertThat(state(host)).isEqualTo(RouteState.FAILED);
        assertThat(directory.lookup(host).orElseThrow().problem())
                .as("only what is meant for viewers")
                .isNull();

        ledger.put(failed.toBuilder()
                .stopped(true)
                .state(PreviewState.PROVISIONING)
                .build());
        assertThat(state(host)).as("the next build").isEqualTo(RouteState.PROVISIONING);

        ledger.put(failed.toBuilder()
                .stopped(true)
                .state(PreviewState.READY)
                .serving("c0ffee", "digest", NOW)
                .build());
        assertThat(state(host)).isEqualTo(RouteState.SERVING);
    }

    @Test
    void aLostMachineIsNoReasonToTellViewersThatThePreviewIsClosed() {
        ledger.put(ready().build());
        ledger.put(ready().state(PreviewState.FAILED)
                .withoutMachine()
                .told("The machine is gone.")
                .build());

        assertThat(state("pr-7.previews.example.net")).isEqualTo(RouteState.FAILED);
        assertThat(state("pr-7--api.previews.example.net")).isEqualTo(RouteState.FAILED);
    }

    @Test
    void twoPreviewsNeverShareAHost() {
        ledger.put(ready().build());
        ledger.put(record(PreviewKey.of("github.com/other/shop", "7"), "pr-7")
                .createdAt(NOW.plusSeconds(60))
                .state(PreviewState.PROVISIONING)
                .build());

        assertThat(directory.lookup("pr-7.previews.example.net").orElseThrow().repository())
                .as("the older one keeps it")
                .isEqualTo("github.com/acme/shop");
    }

    @Test
    void anUnknownHostIsNobodys() {
        ledger.put(ready().build());

        assertThat(directory.lookup("evilpreviews.example.net")).isEmpty();
        assertThat(directory.lookup("pr-8.previews.example.net")).isEmpty();
    }

    @Test
    void lookingUpAfterAWriteCostsTheSameHoweverManyPreviewsThereAre() {
        for (int i = 0; i < 300; i++) {
            ledger.put(record(PreviewKey.of("github.com/acme/shop", "1" + i), "pr-1" + i)
                    .state(PreviewState.READY)
                    .build());
        }
        PreviewRecord ready = ready().build();
        ledger.put(ready);
        Allocation spent = new Allocation();
        for (int i = 0; i < 50; i++) {
            ledger.put(ready.toBuilder().problem("problem " + i).build());
            spent.of(() -> directory.lookup("pr-7.previews.example.net"));
        }

        assertThat(spent.bytes()).as("garbage of 50 look-ups").isLessThan(100_000);
        assertThat(state("pr-7.previews.example.net")).isEqualTo(RouteState.SERVING);
    }

    @Test
    void howFarAScriptsOutputWasReadChangesNoRoute() {
        PreviewRecord ready = ready().build();
        ledger.put(ready);
        int changes = directory.changes();
        for (int i = 1; i <= 1000; i++) {
            ledger.put(ready.toBuilder().updatedAt(NOW.plusSeconds(i)).build());
        }

        assertThat(directory.changes()).isEqualTo(changes);
        assertThat(directory.routes()).hasSize(2);
    }

    @Test
    void aHostGoesToTheNextWhoWantsItAndBackAgain() {
        String host = "pr-7.previews.example.net";
        PreviewRecord older = ready().build();
        PreviewRecord younger = record(PreviewKey.of("github.com/other/shop", "7"), "pr-7")
                .createdAt(NOW.plusSeconds(60))
                .state(PreviewState.PROVISIONING)
                .build();
        ledger.put(younger);
        ledger.put(older);
        assertThat(directory.lookup(host).orElseThrow().repository()).isEqualTo("github.com/acme/shop");
        assertThat(directory.lookupChange(null, "7"))
                .as("the other one has no host")
                .isPresent();

        ledger.put(older.toBuilder().state(PreviewState.CLOSED).build());
        assertThat(directory.lookup(host).orElseThrow().repository()).isEqualTo("github.com/other/shop");
        ledger.put(older);
        assertThat(directory.lookup(host).orElseThrow().repository()).isEqualTo("github.com/acme/shop");
        ledger.forget(older.key());
        assertThat(directory.lookup(host).orElseThrow().repository()).isEqualTo("github.com/other/shop");
        assertThat(state("pr-7--api.previews.example.net")).isEqualTo(RouteState.CLOSED);
        ledger.forget(younger.key());
        assertThat(directory.lookup(host).orElseThrow().open()).isFalse();
    }

    @Test
    void aPortThatMovedLeavesAWordAtItsOldHost() {
        PreviewRecord ready = ready().build();
        ledger.put(ready);
        ledger.put(ready.toBuilder()
                .port(port("api", "pr-7--rest", "https://a.dedaluslabs.ai"))
                .build());

        assertThat(state("pr-7--rest.previews.example.net")).isEqualTo(RouteState.SERVING);
        assertThat(state("pr-7--api.previews.example.net")).isEqualTo(RouteState.CLOSED);
        ledger.put(ready);
        assertThat(state("pr-7--api.previews.example.net")).isEqualTo(RouteState.SERVING);
        assertThat(directory.size()).isEqualTo(directory.routes().size()).isEqualTo(3);
    }

    @Test
    void onceClosedItFollowsNoMore() {
        directory.close();
        ledger.put(ready().build());

        assertThat(directory.routes()).isEmpty();
    }
}
