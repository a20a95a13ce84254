package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.emulator.EmulatedMachine;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfigBuilder;
import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.ledger.FileLedgerStorage;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.Source;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.room.LedgerLimit;
import io.jenkins.plugins.dedalus.preview.room.MachineLimits;
import io.jenkins.plugins.dedalus.preview.wake.HttpReadinessProbe;
import io.jenkins.plugins.dedalus.preview.wake.ReadinessProbe;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.preview.wake.WakeSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** An emulator, a ledger and a lifecycle that can be stopped and started again, for tests. */
final class Bench implements AutoCloseable {
    static final PreviewKey KEY = PreviewKey.of("https://github.com/acme/shop.git", "12");
    /** Far longer than anything takes. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    static final String COMMIT_A = "a".repeat(40);
    static final String COMMIT_B = "b".repeat(40);
    static final LifecycleSettings QUICK = LifecycleSettings.DEFAULT
            .withPoll(Duration.ofMillis(20), Duration.ofMillis(60))
            .withSecondLook(Duration.ofMillis(50))
            .withFlakyLimit(Duration.ofMinutes(2));

    final Path ledgerDirectory;
    final Emulator emulator;
    /** Passes for everybody. */
    final TestTime time = new TestTime();
    /** The engine's time of day, which may be wrong. */
    final MutableClock clock = new MutableClock(time);
    /** Dedalus' time of day. */
    final MutableClock serverClock = new MutableClock(time);

    final List<String> output = new CopyOnWriteArrayList<>();
    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<String> phases = new CopyOnWriteArrayList<>();
    final ProgressListener listener = progress -> {
        if (progress.line() == null) {
            phases.add(progress.phase());
        } else {
            (progress.output() ? output : lines).add(progress.line());
        }
    };
    LifecycleSettings settings = QUICK;
    Duration deafAfter = Duration.ofMillis(500);
    CrashSeam seam = CrashSeam.NONE;
    volatile List<PreviewRecord> neighbours = List.of();
    /** Whether builds may be told of each other's previews. */
    volatile boolean nameable = true;

    DedalusClient client;
    private final EngineThreads threads = new EngineThreads("probe", 2);
    private final ReadinessProbe probe = new HttpReadinessProbe(threads);
    PreviewLedger ledger;
    WakeGate gate;
    PreviewLifecycle lifecycle;
    private EngineThreads engine;

    Bench(Path directory) throws IOException {
        this(directory, EmulatorConfig.builder());
    }

    Bench(Path directory, EmulatorConfigBuilder config) throws IOException {
        ledgerDirectory = directory.resolve("ledger");
        emulator = Emulator.start(config.clock(serverClock).build());
        client = client().build();
        open();
    }

    /** A client that knows nothing yet. */
    DedalusClient.Builder client() {
        return DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .nanoTime(time::nanoTime)
                .maxRetries(0);
    }

    void open() {
        ledger = PreviewLedger.open(ledgerDirectory, new FileLedgerStorage(seam));
        engine = new EngineThreads("engine", 8);
        gate = WakeGate.builder()
                .client(client)
                .clock(clock)
                .scheduler(time.on(engine))
                .probe(probe)
                .settings(WakeSettings.DEFAULT.withDeafAfter(deafAfter))
                .build();
        lifecycle = PreviewLifecycle.builder()
                .client(client)
                .ledger(ledger)
                .gate(gate)
                .clock(clock)
                .probe(probe)
                .scheduler(time.on(engine))
                .settings(settings)
                .seam(seam)
                .limits(limits(new LedgerLimit(ledger, settings.maxMachines())))
                .build();
    }

    private MachineLimits limits(MachineLimits own) {
        return new MachineLimits() {
            @Override
            public Optional<Full> reserve(PreviewKey asking, Runnable intend) {
                return own.reserve(asking, intend);
            }

            @Override
            public List<PreviewRecord> neighbours() {
                return neighbours;
            }

            @Override
            public List<PreviewRecord> nameable(PreviewKey asking, List<PreviewRecord> records) {
                return nameable ? records : List.of();
            }
        };
    }

    /** Stops the engine as a process does that is told to stop. */
    void stop() {
        lifecycle.close();
        gate.close();
        engine.close();
        ledger.close();
    }

    /** As a new process does: it has forgotten what it learnt of the server's time. */
    void restart() {
        reopenWith(client());
    }

    /** As a new process with other settings of the API does. */
    void reopenWith(DedalusClient.Builder other) {
        stop();
        client.close();
        client = other.build();
        open();
    }

    /** A spec whose start command serves {@code version}. */
    static PreviewSpec.Builder spec() {
        return PreviewSpec.builder()
                .deploy(
                        "echo \"deploying $GIT_COMMIT for $CHANGE_ID at $PREVIEW_URL\"; printf %s \"$GIT_COMMIT\" > version")
                .start(serve("\"$(cat version)\""))
                .versionPath("/version")
                // A busy machine may take its time to start an app.
                .limits(new TimeLimits(PATIENCE, PATIENCE, PATIENCE, PATIENCE, PATIENCE, PATIENCE));
    }

    static String serve(String version) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return "exec '" + java + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx32m -cp '" + testClasses() + "' "
                + TinyApp.class.getName() + " " + version;
    }

    private static Path testClasses() {
        try {
            return Path.of(TinyApp.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static PreviewRequest request(PreviewSpec spec, long order, String commit) {
        return request(spec, order, commit, null, SecretEnv.none());
    }

    static PreviewRequest request(PreviewSpec spec, long order, String commit, Source source, SecretEnv secrets) {
        ChangeContext change = new ChangeContext(
                "12",
                "feature",
                "https://github.com/acme/shop/pull/12",
                "https://github.com/acme/shop.git",
                commit,
                "main",
                false);
        return new PreviewRequest(KEY, spec, change, source, secrets, order, null);
    }

    PreviewOperation ensure(PreviewRequest request) {
        return lifecycle.ensure(request, listener);
    }

    /** Lets a script go on that waits for {@code ~/go}. */
    void letGo() {
        Awaitility.await()
                .until(() -> living().size() == 1
                        && Files.isDirectory(living().get(0).home()));
        try {
            Files.createFile(living().get(0).home().resolve("go"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PreviewRecord ready(PreviewRequest request) {
        return await(ensure(request));
    }

    PreviewRecord down() {
        return await(lifecycle.teardown(KEY, Teardown.now("A test closed it."), listener));
    }

    static PreviewRecord await(PreviewOperation operation) {
        try {
            return operation.result().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("still " + operation.status(), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new CompletionException(e.getCause());
        }
    }

    String get(PreviewRecord record, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(record.url() + path))
                .timeout(PATIENCE)
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 200 ? answer.body().trim() : Integer.toString(answer.statusCode());
    }

    long creates() {
        return emulator.calls().count("POST", "/v1/machines");
    }

    List<EmulatedMachine> living() {
        return emulator.machines().stream()
                .filter(machine -> !"destroyed".equals(machine.phase()))
                .toList();
    }

    @Override
    public void close() {
        stop();
        client.close();
        threads.close();
        emulator.close();
    }
}
