package io.jenkins.plugins.dedalus.router.config;

import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
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
 * @param lifetime how long previews stay that nobody looks at
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
        Lifetime lifetime,
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
     * @param jenkins the authority of {@code jenkins} for previews whose owner is none; null without one
     * @param keyFile the file of the signing keys
     */
    public record Access(AccessMode mode, String user, String passwordHash, Owner jenkins, Path keyFile) {
        /** Leaves the hash out. */
        @Override
        public String toString() {
            return "Access[mode=" + mode + ", user=" + user + "]";
        }
    }

    /** Who owns previews and tells of them. */
    public enum OwnerKind {
        /** A Jenkins with the plugin. */
        JENKINS,
        /** A router with a ledger of its own. */
        ROUTER
    }

    /**
     * An owner of previews.
     *
     * @param url a Jenkins' root address, or that of a router's admin port
     * @param tokenFile the file with this router's token there
     * @param domains whose hosts are this owner's alone; empty if it may name every host that is in no other owner's
     */
    public record Owner(OwnerKind kind, URI url, Path tokenFile, List<String> domains) {
        /** Copies the domains. */
        public Owner {
            domains = List.copyOf(domains);
        }

        /** Without domains. */
        public Owner(OwnerKind kind, URI url, Path tokenFile) {
            this(kind, url, tokenFile, List.of());
        }
    }

    /** Where the list of previews comes from. */
    public enum Source {
        /** This router owns the ledger. */
        LEDGER,
        /** Others own the previews; this router polls them. */
        OWNERS,
        /** A file lists the routes. */
        FILE
    }

    /**
     * Where previews are looked up.
     *
     * @param owners set for {@link Source#OWNERS}, the first one keeps a host that several claim; else empty
     * @param poll how often owners are asked, or the file looked at
     * @param file set for {@link Source#FILE}
     */
    public record DirectorySource(Source source, List<Owner> owners, Duration poll, Path file) {}

    /**
     * The admin port.
     *
     * @param port 0 takes any free one; its address is written to the state directory
     * @param routesTokenFile the file with the token of routers that follow this one; null: none may
     */
    public record Admin(String bind, int port, Path routesTokenFile) {}

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
     * How long previews stay that nobody looks at or pushes to.
     *
     * @param ttl unless the preview file says another time; zero for ever
     * @param notice how long before the end {@code list} tells of it
     */
    public record Lifetime(Duration ttl, Duration notice) {}

    /**
     * Limits.
     *
     * @param waiters requests waiting per machine
     * @param wakeDeadline of one wake
     * @param waitingPageAfter when a navigation gets the waiting page
     * @param unready how long a router that stops stays open, though unready
     * @param drain how long viewers may finish after that
     * @param connections to one upstream
     * @param response longest wait for the first byte of an answer; zero for any time
     * @param idle how long a stream may be without a byte; zero for any time
     * @param keepAwake how long one stream may keep its machine awake; zero for not at all
     * @param machines machines that this router may own; 0 for no limit
     * @param waitsForRoom whether builds wait for a machine when there may be no more; else they fail
     * @param awake machines of this router that may be awake; 0 for no limit
     */
    public record Limits(
            int waiters,
            Duration wakeDeadline,
            Duration waitingPageAfter,
            Duration unready,
            Duration drain,
            int connections,
            Duration response,
            Duration idle,
            Duration keepAwake,
            int machines,
            boolean waitsForRoom,
            int awake) {}
}
