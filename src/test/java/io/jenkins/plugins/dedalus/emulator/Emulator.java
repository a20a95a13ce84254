package io.jenkins.plugins.dedalus.emulator;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A Dedalus control plane on loopback. Closing it ends every process it started. */
public final class Emulator implements AutoCloseable {
    private final EmulatorConfig config;
    private final Path root;
    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = Executors.newCachedThreadPool(Emulator::daemon);
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(4, Emulator::daemon);
    private final FaultControl faults = new FaultControl();
    private final CallLog calls = new CallLog();
    private final MachineService machines;
    private final HttpServer server;
    private final boolean ownsRoot;

    private Emulator(EmulatorConfig config) throws IOException {
        this.config = config;
        this.ownsRoot = config.state() == null;
        this.root = ownsRoot ? Files.createTempDirectory("dedalus-emulator") : Files.createDirectories(config.state());
        Clock clock = Clock.systemUTC();
        boolean namespaces = config.namespaces() && NamespaceSandbox.supported();
        this.machines = new MachineService(config, root, clock, faults, timer, namespaces);
        ExecutionService executions = new ExecutionService(machines, faults, clock, threads, timer);
        PreviewListeners listeners = new PreviewListeners(vertx, faults, clock, config.apiKey());
        ApiRoutes routes = new ApiRoutes(config, machines, executions, listeners, clock, timer);
        ApiServer api = new ApiServer(config, routes, faults, calls, clock, threads);
        this.server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(config.port()))
                .requestHandler(api::handle);
        try {
            server.listen().toCompletionStage().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while starting.", e);
        } catch (ExecutionException e) {
            throw new IOException("Could not listen on port " + config.port() + ": " + e.getCause().getMessage(), e);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "emulator");
        thread.setDaemon(true);
        return thread;
    }

    /** Starts one. */
    public static Emulator start(EmulatorConfig config) throws IOException {
        return new Emulator(config);
    }

    /** Where the API is. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    /** The key it accepts. */
    public String apiKey() {
        return config.apiKey();
    }

    /** What was called. */
    public CallLog calls() {
        return calls;
    }

    /** What goes wrong. */
    public FaultControl faults() {
        return faults;
    }

    /** The machines, destroyed ones included. */
    public List<EmulatedMachine> machines() {
        return machines.list();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        machines.close();
        threads.shutdownNow();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("The emulator's servers did not stop: " + e.getMessage(), e);
        } finally {
            if (ownsRoot) {
                MachineService.wipe(root);
            }
        }
    }
}
