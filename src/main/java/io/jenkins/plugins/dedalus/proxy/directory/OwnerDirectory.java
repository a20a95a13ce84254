package io.jenkins.plugins.dedalus.proxy.directory;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.access.HttpAuthority;
import io.jenkins.plugins.dedalus.proxy.access.ShortAnswers;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Routes of a Jenkins or a router that owns previews, polled: whole at first, then what changed. While the owner is away the
 * last known list stays in service; it also lies on the disk, so that a router started meanwhile serves at once.
 */
public final class OwnerDirectory extends ListDirectory {
    private static final Logger LOG = Logger.getLogger(OwnerDirectory.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** A long list may come over a slow line. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int LONGEST = 16 * 1024 * 1024;

    private final ListOwner owner;
    private final String authorization;
    private final AccessMode access;
    private final EngineScheduler scheduler;
    private final Duration poll;
    private final Path copy;
    private final Clock clock;
    private final Duration patience;
    private final HttpClient http;
    private String etag;
    /** What {@link #etag} names, if that is our own tag of it too. */
    private RouteList list;

    /** How many hosts of the last list were not its own to name. */
    private int foreign;

    private String problem;
    private Runnable cancel = () -> {};
    private boolean closed;

    /**
     * Loads the copy of an earlier run, if there is one; {@link #start} asks the owner.
     *
     * @param owner who is asked
     * @param token this router's credential there, see {@link HttpAuthority#authorization}
     * @param access of routes that name none
     * @param copy where the last known list is kept
     */
    public OwnerDirectory(
            ListOwner owner,
            String token,
            AccessMode access,
            EngineScheduler scheduler,
            Duration poll,
            Path copy,
            Clock clock) {
        this(owner, token, access, scheduler, poll, copy, clock, PATIENCE);
    }

    /** @param patience until an answer must be there as a whole */
    OwnerDirectory(
            ListOwner owner,
            String token,
            AccessMode access,
            EngineScheduler scheduler,
            Duration poll,
            Path copy,
            Clock clock,
            Duration patience) {
        this.owner = owner;
        this.authorization = HttpAuthority.authorization(token);
        this.access = access;
        this.scheduler = scheduler;
        this.poll = poll;
        this.copy = copy;
        this.clock = clock;
        this.patience = patience;
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
            serve(RouteList.read(Files.readString(copy), access), asOf);
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(Level.WARNING, "The kept route list " + copy + " can't be used; waiting for its owner.", e);
        }
    }

    /** Asks now, and from now on. */
    public void start() {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .timeout(TIMEOUT)
                .header("Authorization", authorization)
                .header("Accept", "application/json");
        synchronized (this) {
            if (closed) {
                return;
            }
            // Who knows of changes answers them to "since"; who doesn't sends the whole list.
            String since = list == null ? "" : "?since=" + URLEncoder.encode(etag, StandardCharsets.UTF_8);
            request.uri(URI.create(owner.address() + since));
            if (etag != null) {
                request.header("If-None-Match", etag);
            }
        }
        ShortAnswers.ask(http, request.build(), LONGEST, patience).whenComplete((response, failure) -> {
            learn(response, failure);
            again();
        });
    }

    private synchronized void again() {
        if (!closed) {
            cancel = scheduler.schedule(poll, this::start);
        }
    }

    private synchronized void learn(HttpResponse<byte[]> response, Throwable failure) {
        if (closed) {
            // Whoever closed it takes the files for settled.
            return;
        }
        try {
            if (failure != null) {
                throw new IOException(
                        failure.getMessage() == null ? failure.toString() : failure.getMessage(), failure);
            }
            if (response.statusCode() == 304) {
                confirm(clock.instant());
                touch();
            } else if (response.statusCode() == 200) {
                take(
                        new String(response.body(), StandardCharsets.UTF_8),
                        response.headers().firstValue("ETag").orElse(null));
            } else {
                throw new IOException("it answered " + response.statusCode());
            }
            if (problem != null) {
                LOG.log(Level.INFO, "{0} at {1} answers again.", new Object[] {owner.name(), owner.address()});
            }
            problem = null;
        } catch (IOException | RuntimeException e) {
            if (problem == null) {
                LOG.log(
                        Level.WARNING,
                        owner.name() + " at " + owner.address() + " gives no route list: " + e.getMessage()
                                + ". The last known one stays in service.",
                        e);
            }
            problem = e.getMessage();
        }
    }

    private void take(String body, String tag) throws IOException {
        RouteList fresh;
        try {
            fresh = RouteList.read(body, access, list, list == null ? null : etag);
        } catch (IllegalArgumentException e) {
            etag = null;
            list = null;
            throw e;
        }
        boolean same = fresh.tag().equals(tag);
        if (list != null && !same && RouteList.isChanges(body)) {
            etag = null;
            list = null;
            throw new IOException("its changes led to another list than it has; it is asked for the whole");
        }
        etag = tag;
        // Changes can be applied, and what results be checked, only where both sides name the list alike.
        list = same ? fresh : null;
        serve(fresh, clock.instant());
        keep(fresh.write());
    }

    /** Whether a host is within its domains. */
    boolean mayName(String host) {
        return owner.mayName().test(host);
    }

    /** Without what isn't its own to name. */
    private void serve(RouteList whole, Instant at) {
        List<Route> own =
                whole.routes().stream().filter(route -> mayName(route.host())).toList();
        int outside = whole.routes().size() - own.size();
        if (outside > foreign) {
            LOG.log(
                    Level.WARNING,
                    "{0} at {1} lists {2} hosts outside of its domains; they are left out.",
                    new Object[] {owner.name(), owner.address(), outside});
        }
        foreign = outside;
        replace(outside == 0 ? whole : new RouteList(own, whole.withdrawals()), at);
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
        String outside = foreign == 0 ? "" : ", " + foreign + " more are outside of its domains and left out";
        return known + " from " + owner.address()
                + outside
                + (problem == null ? "" : "; " + owner.name() + " is away: " + problem);
    }

    @Override
    public synchronized void close() {
        closed = true;
        cancel.run();
    }
}
