package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.io.LibraryLogs;
import io.jenkins.plugins.dedalus.router.admin.AdminAddress;
import io.jenkins.plugins.dedalus.router.admin.AdminServer;
import io.jenkins.plugins.dedalus.router.admin.AdminServer.Readiness;
import io.jenkins.plugins.dedalus.router.admin.OwnerOnly;
import io.jenkins.plugins.dedalus.router.admin.RoutesEndpoint;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import io.jenkins.plugins.dedalus.router.metrics.RouterMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The serving process: engine, data plane and admin port, started from a configuration and stopped in order. */
public final class RouterProcess implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RouterProcess.class.getName());
    private static final int BIND_SECONDS = 30;

    private final RouterConfig config;
    private final Engine engine;
    private final PreviewProxy proxy;
    private final AdminServer admin;
    private final int port;
    private final AtomicBoolean stopping;
    private final CertificateWatch certificates;
    private boolean closed;

    private RouterProcess(
            RouterConfig config,
            Engine engine,
            PreviewProxy proxy,
            AdminServer admin,
            int port,
            AtomicBoolean stopping) {
        this.config = config;
        this.engine = engine;
        this.proxy = proxy;
        this.admin = admin;
        this.port = port;
        this.stopping = stopping;
        this.certificates = new CertificateWatch(config.listen(), proxy, engine.scheduler());
    }

    /**
     * Starts everything; on a failure nothing stays behind.
     *
     * @throws StartException with a sentence
     */
    public static RouterProcess start(RouterConfig config, Map<String, String> environment) {
        stateDirectory(config);
        LibraryLogs.tame();
        RouterMetrics metrics = new RouterMetrics();
        Engine engine = Engine.open(config, environment, metrics, Clock.systemUTC());
        PreviewProxy proxy = null;
        AdminServer admin = null;
        try {
            metrics.watch(engine.directory(), Clock.systemUTC());
            proxy = engine.proxy();
            int port = bound(proxy, config);
            AtomicBoolean stopping = new AtomicBoolean();
            admin = admin(
                    config,
                    engine,
                    () -> stopping.get() ? new Readiness(false, "stopping") : engine.readiness(),
                    metrics);
            RouterProcess process = new RouterProcess(config, engine, proxy, admin, port, stopping);
            engine.begin();
            process.certificates.start();
            return process;
        } catch (RuntimeException e) {
            if (admin != null) {
                admin.close();
            }
            if (proxy != null) {
                await(proxy, Duration.ZERO);
            }
            engine.close();
            throw e;
        }
    }

    private static void stateDirectory(RouterConfig config) {
        try {
            OwnerOnly.directory(config.state());
        } catch (IOException e) {
            throw new StartException(
                    "The state directory " + config.state() + " can't be made: " + e.getMessage() + ".", e);
        }
    }

    private static int bound(PreviewProxy proxy, RouterConfig config) {
        String address = config.listen().address() + ":" + config.listen().port();
        try {
            return proxy.start(config.listen())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(BIND_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new StartException(
                    "Can't listen on " + address + ": " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new StartException("Can't listen on " + address + ": it took longer than 30 seconds.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("Interrupted while starting.", e);
        }
    }

    private static AdminServer admin(
            RouterConfig config, Engine engine, Supplier<Readiness> ready, RouterMetrics metrics) {
        InetSocketAddress bind =
                new InetSocketAddress(config.admin().bind(), config.admin().port());
        if (bind.isUnresolved()) {
            throw new StartException("Can't open the admin port: admin.bind is \""
                    + config.admin().bind() + "\", which is no address of this machine.");
        }
        try {
            AdminServer admin = AdminServer.start(bind, engine.adminApi(), ready, metrics::scrape);
            AdminAddress address = AdminAddress.create(admin.url());
            admin.token(address.token());
            Path routesToken = config.admin().routesTokenFile();
            String follower = routesToken == null ? null : SecretFiles.firstLine(routesToken, "admin.routesTokenFile");
            engine.feed().ifPresent(feed -> admin.publish(new RoutesEndpoint(feed, follower)));
            address.write(config.state());
            return admin;
        } catch (IOException e) {
            throw new StartException("Can't open the admin port on " + bind + ": " + e.getMessage() + ".", e);
        }
    }

    /** The port viewers reach. */
    public int port() {
        return port;
    }

    /** The admin port's address. */
    public URI adminUrl() {
        return admin.url();
    }

    /** What is being served, for the first line a person reads. */
    public String describe() {
        return "Serving previews at " + config.previewUrl() + " on "
                + config.listen().address() + ":" + port + " (" + engine.describe() + "); admin port " + admin.url()
                + ".";
    }

    /**
     * Stops: viewers in flight get the configured drain, operations stop where the ledger knows them, files that name this
     * process are removed. Idempotent.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        // From now on load balancers are told to stay away.
        stopping.set(true);
        staysOpen();
        certificates.close();
        await(proxy, config.limits().drain());
        try {
            AdminAddress.remove(config.state());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The admin port's files in " + config.state() + " could not be removed.", e);
        }
        admin.close();
        engine.close();
    }

    /** Until they have noticed, they go on sending viewers. */
    private void staysOpen() {
        try {
            TimeUnit.MILLISECONDS.sleep(config.limits().unready().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(PreviewProxy proxy, Duration drain) {
        try {
            proxy.close(drain)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(drain.toMillis() + 5000, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, "The proxy did not stop in order.", e);
        }
    }
}
