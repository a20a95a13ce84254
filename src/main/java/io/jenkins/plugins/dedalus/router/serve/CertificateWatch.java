package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Has the proxy read its certificate again when the files change; a bad pair leaves the one in use in place. */
final class CertificateWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(CertificateWatch.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final ListenOptions listen;
    private final PreviewProxy proxy;
    private final EngineScheduler scheduler;
    private List<FileTime> seen;
    private Runnable cancel = () -> {};
    private boolean closed;

    CertificateWatch(ListenOptions listen, PreviewProxy proxy, EngineScheduler scheduler) {
        this.listen = listen;
        this.proxy = proxy;
        this.scheduler = scheduler;
    }

    /** Watches, if TLS is spoken at all. */
    synchronized void start() {
        if (listen.tls()) {
            seen = times();
            again();
        }
    }

    private synchronized void again() {
        if (!closed) {
            cancel = scheduler.schedule(EVERY, this::look);
        }
    }

    private void look() {
        List<FileTime> now = times();
        synchronized (this) {
            if (!now.isEmpty() && !now.equals(seen)) {
                seen = now;
                reload();
            }
        }
        again();
    }

    private void reload() {
        proxy.reloadCertificates().onComplete(done -> {
            if (done.succeeded()) {
                LOG.log(Level.INFO, "The certificate {0} was read again.", listen.certificate());
            } else {
                LOG.log(
                        Level.WARNING,
                        "The changed certificate " + listen.certificate()
                                + " can't be used; the one before stays in use.",
                        done.cause());
            }
        });
    }

    /** Empty while a file is just being replaced. */
    private List<FileTime> times() {
        try {
            return List.of(
                    Files.getLastModifiedTime(listen.certificate()), Files.getLastModifiedTime(listen.privateKey()));
        } catch (IOException e) {
            LOG.log(Level.FINE, "The certificate files are not both there right now.", e);
            return List.of();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        cancel.run();
    }
}
