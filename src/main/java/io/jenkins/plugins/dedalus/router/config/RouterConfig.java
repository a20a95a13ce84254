package io.jenkins.plugins.dedalus.router.config;

import io.jenkins.plugins.dedalus.proxy.AccessMode;
import io.jenkins.plugins.dedalus.proxy.ListenOptions;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What {@code router.yaml} says, checked. Holds paths and names of secrets, never secrets.
 *
 * @param file the file it was read from
 * @param api the Dedalus API
 * @param state the directory of the ledger, the keys and the admin token
 * @param listen where viewers are listened to
 * @param previewUrl how preview hosts are named
 * @param access who may view
 * @param directory where previews are looked up
 * @param trustedProxies addresses or CIDR blocks of front proxies
 * @param admin the admin port
 * @param defaults what previews get when their spec says nothing
 * @param grace how long closed previews are kept asleep
 * @param limits limits of the data plane
 * @param accessLog whether one JSON line per request goes to standard output
 */
public record RouterConfig(
        Path file,
        Api api,
        Path state,
        ListenOptions listen,
        HostPattern previewUrl,
        Access access,
        DirectorySource directory,
        List<String> trustedProxies,
        Admin admin,
        Defaults defaults,
        Grace grace,
        Limits limits,
        boolean accessLog) {

    /**
     * The Dedalus API.
     *
     * @param apiKeyFile file whose first line is the key; null: the environment variable is read
     * @param apiKeyEnv the environment variable's name
     * @param organisation nullable
     * @param viewerKeyFile file with the separate viewer key for org and private preview URLs; null: none
     * @param upstreamHosts host names, or suffixes with a leading dot, that preview URLs may have
     */
    public record Api(
            URI baseUrl,
            Path apiKeyFile,
            String apiKeyEnv,
            String organisation,
            Path viewerKeyFile,
            List<String> upstreamHosts) {}

    /**
     * Who may view.
     *
     * @param user the one user of {@code basic}; null otherwise
     * @param passwordHash its bcrypt hash; null otherwise
     * @param jenkins the authority of {@code jenkins}; null otherwise
     */
    public record Access(AccessMode mode, String user, String passwordHash, Jenkins jenkins) {
        /** Leaves the hash out. */
        @Override
        public String toString() {
            return "Access[mode=" + mode + ", user=" + user + "]";
        }
    }

    /** A Jenkins with the plugin: its address and the file with the router's token there. */
    public record Jenkins(URI url, Path tokenFile) {}

    /** Where the list of previews comes from. */
    public enum Source {
        /** This router owns the ledger. */
        LEDGER,
        /** A Jenkins owns it; this router polls. */
        JENKINS,
        /** A file lists the routes. */
        FILE
    }

    /**
     * Where previews are looked up.
     *
     * @param jenkins set for {@link Source#JENKINS}
     * @param poll how often Jenkins is asked, or the file looked at
     * @param file set for {@link Source#FILE}
     */
    public record DirectorySource(Source source, Jenkins jenkins, Duration poll, Path file) {}

    /** The admin port. Port 0 takes any free one; its address is written to the state directory. */
    public record Admin(String bind, int port) {}

    /** What previews get when their spec says nothing; null: the engine's own default. */
    public record Defaults(Double vcpu, Integer memoryMib, Integer storageGib, String autosleep, String visibility) {}

    /**
     * How long closed previews are kept asleep before they are deleted.
     *
     * @param closed after a confirmed closing; zero: deleted at once
     * @param unconfirmed after a rumour
     * @param reconcile how often the reconciler looks
     */
    public record Grace(Duration closed, Duration unconfirmed, Duration reconcile) {}

    /**
     * Limits.
     *
     * @param waiters requests waiting per machine
     * @param wakeDeadline of one wake
     * @param waitingPageAfter when a navigation gets the waiting page
     * @param unready how long a router that stops stays open, though unready
     * @param drain how long viewers may finish after that
     * @param connections to one upstream
     */
    public record Limits(
            int waiters,
            Duration wakeDeadline,
            Duration waitingPageAfter,
            Duration unready,
            Duration drain,
            int connections) {}
}
