package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.Directory;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.directory.JenkinsDirectory;
import io.jenkins.plugins.dedalus.proxy.directory.ListDirectory;
import io.jenkins.plugins.dedalus.proxy.directory.StaticDirectory;
import io.jenkins.plugins.dedalus.router.admin.AdminApi;
import io.jenkins.plugins.dedalus.router.admin.AdminServer.Readiness;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/** An engine that serves and wakes what somebody else owns: a Jenkins, or whoever writes the route file. */
final class FollowingEngine implements Engine {
    private final Foundation foundation;
    private final ListDirectory directory;
    private final Viewers viewers;

    FollowingEngine(RouterConfig config, Foundation foundation, Clock clock) {
        this.foundation = foundation;
        this.directory = directory(config, foundation, clock);
        this.viewers = viewers(config, clock);
    }

    private static ListDirectory directory(RouterConfig config, Foundation foundation, Clock clock) {
        RouterConfig.DirectorySource source = config.directory();
        if (source.source() == RouterConfig.Source.FILE) {
            try {
                return new StaticDirectory(
                        source.file(), config.access().mode(), foundation.threads(), source.poll(), clock);
            } catch (IOException e) {
                throw new StartException(
                        "The route list " + source.file() + " (directory.file) can't be read: " + e.getMessage() + ".",
                        e);
            } catch (IllegalArgumentException e) {
                throw new StartException(source.file() + " (directory.file): " + e.getMessage(), e);
            }
        }
        return new JenkinsDirectory(
                source.jenkins().url(),
                SecretFiles.firstLine(source.jenkins().tokenFile(), "directory.tokenFile"),
                config.access().mode(),
                foundation.threads(),
                source.poll(),
                config.state().resolve("directory.json"),
                clock);
    }

    private Viewers viewers(RouterConfig config, Clock clock) {
        try {
            return Viewers.open(config, directory, foundation.threads(), clock);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    @Override
    public EngineScheduler scheduler() {
        return foundation.threads();
    }

    @Override
    public Directory directory() {
        return directory;
    }

    @Override
    public PreviewProxy proxy() {
        return foundation.proxy(directory, viewers, route -> Optional.empty());
    }

    @Override
    public AdminApi adminApi() {
        return new RouteAdmin(directory, foundation.gate());
    }

    @Override
    public Readiness readiness() {
        return new Readiness(directory.loaded(), directory.describe());
    }

    @Override
    public String describe() {
        return directory.describe();
    }

    @Override
    public void begin() {
        if (directory instanceof JenkinsDirectory jenkins) {
            jenkins.start();
        }
    }

    @Override
    public void close() {
        viewers.close();
        directory.close();
        foundation.close();
    }
}
