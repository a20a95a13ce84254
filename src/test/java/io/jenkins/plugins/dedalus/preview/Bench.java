package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.emulator.EmulatedMachine;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An emulator, a ledger and a lifecycle that can be stopped and started again, for tests. */
final class Bench implements AutoCloseable {
    static final PreviewKey KEY = PreviewKey.of("https://github.com/acme/shop.git", "12");
    static final String COMMIT_A = "a".repeat(40);
    static final String COMMIT_B = "b".repeat(40);
    static final LifecycleSettings QUICK = LifecycleSettings.DEFAULT
            .withPoll(Duration.ofMillis(20), Duration.ofMillis(60))
            .withFlakyLimit(Duration.ofSeconds(5));

    final Path ledgerDirectory;
    final Emulator emulator;
    final MutableClock clock = new MutableClock();
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
    CrashSeam seam = CrashSeam.NONE;
    final DedalusClient client;
    private final EngineThreads threads = new EngineThreads("probe", 2);
    private final ReadinessProbe probe = new HttpReadinessProbe(threads);
    PreviewLedger ledger;
    WakeGate gate;
    PreviewLifecycle lifecycle;

    Bench(Path directory) throws IOException {
        this(directory, EmulatorConfig.defaults());
    }

    Bench(Path directory, EmulatorConfig config) throws IOException {
        ledgerDirectory = directory.resolve("ledger");
        emulator = Emulator.start(config);
        client = DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .maxRetries(0)
                .build();
        open();
    }

    void open() {
        ledger = PreviewLedger.open(ledgerDirectory, new FileLedgerStorage(seam));
        gate = WakeGate.builder()
                .client(client)
                .clock(clock)
                .probe(probe)
                .settings(WakeSettings.DEFAULT.withDeafAfter(Duration.ofMillis(500)))
                .build();
        lifecycle = PreviewLifecycle.builder()
                .client(client)
                .ledger(ledger)
                .gate(gate)
                .clock(clock)
                .probe(probe)
                .settings(settings)
                .seam(seam)
                .build();
    }

    /** Stops the engine as a process does that is told to stop. */
    void stop() {
        lifecycle.close();
        gate.close();
        ledger.close();
    }

    void restart() {
        stop();
        open();
    }

    /** A spec whose start command serves {@code version}. */
    static PreviewSpec.Builder spec() {
        return PreviewSpec.builder()
                .deploy(
                        "echo \"deploying $GIT_COMMIT for $CHANGE_ID at $PREVIEW_URL\"; printf %s \"$GIT_COMMIT\" > version")
                .start(serve("\"$(cat version)\""))
                .versionPath("/version")
                .limits(new TimeLimits(
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20)));
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

    PreviewRecord ready(PreviewRequest request) {
        return await(ensure(request));
    }

    PreviewRecord down() {
        return await(lifecycle.teardown(KEY, Teardown.now("A test closed it."), listener));
    }

    static PreviewRecord await(PreviewOperation operation) {
        try {
            return operation.result().get(60, TimeUnit.SECONDS);
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
                .timeout(Duration.ofSeconds(10))
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
