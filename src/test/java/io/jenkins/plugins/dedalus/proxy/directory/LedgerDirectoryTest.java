package io.jenkins.plugins.dedalus.proxy.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.client.Protocol;
import io.jenkins.plugins.dedalus.client.Visibility;
import io.jenkins.plugins.dedalus.preview.Closing;
import io.jenkins.plugins.dedalus.preview.ExposedPort;
import io.jenkins.plugins.dedalus.preview.MachineInfo;
import io.jenkins.plugins.dedalus.preview.PreviewKey;
import io.jenkins.plugins.dedalus.preview.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.PreviewState;
import io.jenkins.plugins.dedalus.proxy.AccessMode;
import io.jenkins.plugins.dedalus.proxy.Route;
import io.jenkins.plugins.dedalus.proxy.RouteState;
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
                .closing(new Closing(NOW, false, NOW.plusSeconds(60), "its branch is gone"))
                .build();
        ledger.put(closing);
        assertThat(state("pr-7.previews.example.net"))
                .as("may be a mistake: it sleeps, and wakes for whoever looks")
                .isEqualTo(RouteState.SERVING);

        ledger.put(closing.toBuilder()
                .closing(new Closing(NOW, true, NOW.plusSeconds(60), "merged"))
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
}
