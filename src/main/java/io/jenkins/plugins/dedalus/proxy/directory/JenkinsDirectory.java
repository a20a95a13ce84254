package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.preview.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.AccessMode;
import io.jenkins.plugins.dedalus.proxy.access.HttpAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Routes of a Jenkins with the plugin, polled with its ETag. While Jenkins is away the last known list stays in service; it
 * also lies on the disk, so that a router started meanwhile serves at once.
 */
public final class JenkinsDirectory extends ListDirectory {
    private static final Logger LOG = Logger.getLogger(JenkinsDirectory.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int LONGEST = 16 * 1024 * 1024;

    private final URI address;
    private final String authorization;
    private final AccessMode access;
    private final EngineScheduler scheduler;
    private final Duration poll;
    private final Path copy;
    private final Clock clock;
    private final HttpClient http;
    private String etag;
    private String problem;
    private Runnable cancel = () -> {};
    private boolean closed;

    /**
     * Loads the copy of an earlier run, if there is one; {@link #start} asks Jenkins.
     *
     * @param jenkins its root address
     * @param token this router's credential there, see {@link HttpAuthority#authorization}
     * @param access of routes that name none
     * @param copy where the last known list is kept
     */
    public JenkinsDirectory(
            URI jenkins,
            String token,
            AccessMode access,
            EngineScheduler scheduler,
            Duration poll,
            Path copy,
            Clock clock) {
        String root = jenkins.toString();
        this.address = URI.create((root.endsWith("/") ? root : root + "/") + "dedalus/router/directory");
        this.authorization = HttpAuthority.authorization(token);
        this.access = access;
        this.scheduler = scheduler;
        this.poll = poll;
        this.copy = copy;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .executor(scheduler)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        load();
    }

    private void load() {
        if (!Files.exists(copy)) {
            return;
        }
        try {
            Instant asOf = Files.getLastModifiedTime(copy).toInstant();
            replace(RouteList.read(Files.readString(copy), access), asOf);
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(Level.WARNING, "The kept route list " + copy + " can't be used; waiting for Jenkins.", e);
        }
    }

    /** Asks now, and from now on. */
    public void start() {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(TIMEOUT)
                .header("Authorization", authorization)
                .header("Accept", "application/json");
        synchronized (this) {
            if (closed) {
                return;
            }
            if (etag != null) {
                request.header("If-None-Match", etag);
            }
        }
        http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).whenComplete((response, failure) -> {
            learn(response, failure);
            again();
        });
    }

    private synchronized void again() {
        if (!closed) {
            cancel = scheduler.schedule(poll, this::start);
        }
    }

    private synchronized void learn(HttpResponse<String> response, Throwable failure) {
        try {
            if (failure != null) {
                throw new IOException(
                        failure.getMessage() == null ? failure.toString() : failure.getMessage(), failure);
            }
            if (response.statusCode() == 304) {
                confirm(clock.instant());
                touch();
            } else if (response.statusCode() == 200 && response.body().length() <= LONGEST) {
                replace(RouteList.read(response.body(), access), clock.instant());
                etag = response.headers().firstValue("ETag").orElse(null);
                keep(response.body());
            } else {
                throw new IOException("it answered " + response.statusCode());
            }
            if (problem != null) {
                LOG.log(Level.INFO, "Jenkins at {0} answers again.", address);
            }
            problem = null;
        } catch (IOException | IllegalArgumentException e) {
            if (problem == null) {
                LOG.log(
                        Level.WARNING,
                        "Jenkins at " + address + " gives no route list: " + e.getMessage()
                                + ". The last known one stays in service.",
                        e);
            }
            problem = e.getMessage();
        }
    }

    private void keep(String body) throws IOException {
        Path fresh = copy.resolveSibling(copy.getFileName() + ".new");
        Files.writeString(fresh, body);
        Files.move(fresh, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void touch() throws IOException {
        if (Files.exists(copy)) {
            Files.setLastModifiedTime(copy, java.nio.file.attribute.FileTime.from(clock.instant()));
        }
    }

    @Override
    public synchronized String describe() {
        String known = loaded()
                ? routes().size() + " hosts, as of " + asOf().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                : "no list yet";
        return known + " from " + address + (problem == null ? "" : "; Jenkins is away: " + problem);
    }

    @Override
    public synchronized void close() {
        closed = true;
        cancel.run();
    }
}
