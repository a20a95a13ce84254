package bench;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.preview.wake.WakeSettings;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Many machines at once, with the API in another process. */
final class Storms {
    /** As the router has. */
    private static final int THREADS = Integer.getInteger("bench.threads", 32);

    private Storms() {}

    private static DedalusClient client(FakeApi.Running api) {
        return DedalusClient.builder().baseUrl(api.url()).apiKey("bench").build();
    }

    /** So many different machines woken at the same moment; Dedalus takes a second for each, the deadline is 24 s. */
    static List<EngineBench.Row> wakes(int machines) throws Exception {
        try (FakeApi.Running api = FakeApi.Running.start(0, 1000);
                DedalusClient client = client(api);
                WakeGate gate = WakeGate.builder()
                        .client(client)
                        .settings(WakeSettings.DEFAULT.withDeadline(Duration.ofSeconds(24)))
                        .build()) {
            List<CompletableFuture<Awake>> all = new ArrayList<>();
            long begin = System.nanoTime();
            for (int i = 0; i < machines; i++) {
                all.add(gate.wake(new WakeTarget(
                        "dm-" + i, Duration.ofMinutes(5), URI.create(api.url()), "/", null, false)));
            }
            int awake = 0;
            for (CompletableFuture<Awake> one : all) {
                awake += awake(one) ? 1 : 0;
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            return List.of(
                    new EngineBench.Row(
                            machines + " machines woken at once, 1 s each, deadline 24 s: awake",
                            machines == 1000 ? "704" : "",
                            awake + " of " + machines,
                            Row.goal("all", awake == machines)),
                    new EngineBench.Row("… all answered after, s", "", Row.number(seconds), ""),
                    new EngineBench.Row(
                            "… calls to Dedalus per wake",
                            "",
                            Row.number(api.count().getInteger("calls") / (double) machines),
                            ""));
        }
    }

    private static boolean awake(CompletableFuture<Awake> one) throws Exception {
        try {
            one.get(5, TimeUnit.MINUTES);
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    /** So many builds at the same moment, with 150 ms for each call. */
    static List<EngineBench.Row> builds(int builds) throws Exception {
        double alone;
        try (FakeApi.Running api = FakeApi.Running.start(150, 150)) {
            alone = run(api, 1);
        }
        try (FakeApi.Running api = FakeApi.Running.start(150, 150)) {
            double all = run(api, builds);
            double calls = api.count().getInteger("calls") / (double) builds;
            double ideal = calls * 0.15;
            return List.of(
                    new EngineBench.Row(
                            builds + " builds at once, 150 ms a call: all ready after, s",
                            "",
                            Row.number(all),
                            "calls one after the other: " + Row.number(ideal)),
                    new EngineBench.Row("… one build alone, s", "", Row.number(alone), ""),
                    new EngineBench.Row("… API calls per build", "", Row.number(calls), ""));
        }
    }

    private static double run(FakeApi.Running api, int builds) throws Exception {
        Path directory = Files.createTempDirectory("builds");
        EngineThreads threads = new EngineThreads("engine", THREADS);
        try (DedalusClient client = client(api);
                PreviewLedger ledger = PreviewLedger.open(directory);
                WakeGate gate = WakeGate.builder().client(client).build();
                PreviewLifecycle lifecycle = PreviewLifecycle.builder()
                        .client(client)
                        .ledger(ledger)
                        .gate(gate)
                        .scheduler(threads)
                        .build()) {
            List<CompletableFuture<PreviewRecord>> all = new ArrayList<>();
            long begin = System.nanoTime();
            for (int i = 1; i <= builds; i++) {
                all.add(lifecycle.ensure(request(i), ProgressListener.NONE).result());
            }
            for (CompletableFuture<PreviewRecord> one : all) {
                one.get(10, TimeUnit.MINUTES);
            }
            return (System.nanoTime() - begin) / 1e9;
        } finally {
            threads.close();
        }
    }

    private static PreviewRequest request(int number) {
        String change = Integer.toString(number);
        PreviewSpec spec = PreviewSpec.builder()
                .setup("true")
                .deploy("true")
                .start("app")
                .build();
        return new PreviewRequest(
                PreviewKey.of("github.com/acme/shop", change),
                spec,
                new ChangeContext(change, "b", "https://x/" + change, "https://x/shop.git", "c0ffee", "main", false),
                null,
                SecretEnv.none(),
                1,
                null);
    }
}
