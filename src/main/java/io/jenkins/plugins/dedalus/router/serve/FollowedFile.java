package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.access.Authority;
import io.jenkins.plugins.dedalus.proxy.access.revocation.FollowedRevocations;
import io.jenkins.plugins.dedalus.proxy.access.revocation.Revocations;
import io.jenkins.plugins.dedalus.proxy.directory.StaticDirectory;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** Routes that somebody writes into a file. */
final class FollowedFile implements Followed {
    private final RouterConfig config;
    private final EngineScheduler scheduler;
    private final StaticDirectory directory;

    FollowedFile(RouterConfig config, EngineScheduler scheduler, Clock clock) {
        this.config = config;
        this.scheduler = scheduler;
        Path file = config.directory().file();
        try {
            this.directory = new StaticDirectory(
                    file, config.access().mode(), scheduler, config.directory().poll(), clock);
        } catch (IOException e) {
            throw new StartException(
                    "The route list " + file + " (directory.file) can't be read: " + e.getMessage() + ".", e);
        } catch (IllegalArgumentException e) {
            throw new StartException(file + " (directory.file): " + e.getMessage(), e);
        }
    }

    @Override
    public Directory directory() {
        return directory;
    }

    @Override
    public Authority authority() {
        return Viewers.authority(config.access().jenkins(), "access.tokenFile", scheduler);
    }

    @Override
    public Revocations revocations() {
        return new FollowedRevocations(host -> directory.withdrawals());
    }

    @Override
    public void listener(Runnable changed) {
        directory.listener(changed);
    }

    @Override
    public void start() {
        // It was read when it was opened, and looks again by itself.
    }

    @Override
    public boolean loaded() {
        return directory.loaded();
    }

    @Override
    public String describe() {
        return directory.describe();
    }

    @Override
    public void close() {
        directory.close();
    }
}
