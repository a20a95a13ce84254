package io.jenkins.plugins.dedalus.proxy.spi;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * One preview host and where its requests go. Immutable; a {@link Directory} makes a new one when something changes.
 *
 * @param host the exact host name viewers use: lower case, no port, no trailing dot
 * @param previewId the preview's id, {@code PreviewKey.id()}, for logs and metrics
 * @param label what people call it, e.g. {@code pr-123-shop-x7f2}
 * @param changeId the change request's number as text, e.g. {@code "123"}
 * @param repository the repository, normalised as {@code host/owner/name}
 * @param port the name of the exposed port this host leads to, e.g. {@code "web"}
 * @param machineId the machine to wake; may be null only while {@link RouteState#PROVISIONING} or when closed
 * @param upstream the preview's own address: scheme and authority, no path; null where {@code machineId} may be null
 * @param autosleep the machine's autosleep; null if it never sleeps by itself
 * @param healthPath the path probed after a wake, starts with {@code /}
 * @param startPath the start command left on the machine, below its home; null if there is none
 * @param access who may view it
 * @param state what a viewer may expect
 * @param visibility who may open the upstream address itself; anything but public wants a viewer key sent along
 * @param problem a sentence for viewers about the last build's failure; null if it did not fail
 * @param answers how long its viewers wait, where that differs from the data plane's own limits; never null
 * @param above the preview's own host where {@code host} is one below it; else null
 */
public record Route(
        String host,
        String previewId,
        String label,
        String changeId,
        String repository,
        String port,
        String machineId,
        URI upstream,
        Duration autosleep,
        String healthPath,
        String startPath,
        AccessMode access,
        RouteState state,
        Visibility visibility,
        String problem,
        TimeLimits.Answers answers,
        String above) {

    /** Checks what the data plane relies on; throws {@link IllegalArgumentException} naming the field. */
    public Route {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(previewId, "previewId");
        Objects.requireNonNull(access, "access");
        Objects.requireNonNull(state, "state");
        visibility = visibility == null ? Visibility.PUBLIC : visibility;
        answers = answers == null ? TimeLimits.Answers.NONE : answers;
        if (host.isEmpty() || !Hosts.isCanonical(host)) {
            throw new IllegalArgumentException(
                    "Route host '" + host + "' must be a lower-case host name without port or trailing dot.");
        }
        if (state == RouteState.SERVING && (machineId == null || upstream == null)) {
            throw new IllegalArgumentException(
                    "Route '" + host + "' is serving but has no machine or no upstream address.");
        }
        healthPath = healthPath == null || healthPath.isEmpty() ? "/" : healthPath;
        if (!healthPath.startsWith("/")) {
            throw new IllegalArgumentException("Health path '" + healthPath + "' must start with '/'.");
        }
    }

    /** The same for a host below this one's; see {@link Directory#find}. */
    Route below(String other) {
        return new Route(
                other,
                previewId,
                label,
                changeId,
                repository,
                port,
                machineId,
                upstream,
                autosleep,
                healthPath,
                startPath,
                access,
                state,
                visibility,
                problem,
                answers,
                host);
    }

    /** Starts a route for {@code host}: public, serving, everything else to be set. */
    public static Builder builder(String host) {
        return new Builder(host);
    }

    /**
     * Whether a viewer key may be sent upstream: the address wants one, and the viewers of this host proved who they are. A
     * public address never gets it, for the code behind may see what is sent.
     */
    public boolean takesViewerKey() {
        return !visibility.equals(Visibility.PUBLIC) && access != AccessMode.PUBLIC;
    }

    /** Whether its preview isn't closed. */
    public boolean open() {
        return state != RouteState.CLOSED;
    }

    /** Whether {@code other} belongs to the same change request of the same repository. */
    public boolean sameChange(Route other) {
        return repository != null
                && changeId != null
                && repository.equals(other.repository)
                && changeId.equals(other.changeId);
    }

    /** Collects a route's values; see the record's components for their meaning. */
    public static final class Builder {
        private final String host;
        private String previewId;
        private String label;
        private String changeId;
        private String repository;
        private String port = "web";
        private String machineId;
        private URI upstream;
        private Duration autosleep = Duration.ofMinutes(5);
        private String healthPath = "/";
        private String startPath;
        private AccessMode access = AccessMode.PUBLIC;
        private RouteState state = RouteState.SERVING;
        private Visibility visibility = Visibility.PUBLIC;
        private String problem;
        private TimeLimits.Answers answers;

        private Builder(String host) {
            this.host = host;
            this.previewId = host;
            this.label = host;
        }

        /** Sets the preview's id and, unless set later, its label. */
        public Builder previewId(String value) {
            this.previewId = value;
            this.label = value;
            return this;
        }

        /** Sets the name people see. */
        public Builder label(String value) {
            this.label = value;
            return this;
        }

        /** Sets the change request: its repository and number. */
        public Builder change(String repositoryName, String change) {
            this.repository = repositoryName;
            this.changeId = change;
            return this;
        }

        /** Sets the exposed port's name. */
        public Builder port(String value) {
            this.port = value;
            return this;
        }

        /** Sets the machine and the address its preview is reached at. */
        public Builder machine(String id, URI address) {
            this.machineId = id;
            this.upstream = address;
            return this;
        }

        /** Sets the machine's autosleep; null means never. */
        public Builder autosleep(Duration value) {
            this.autosleep = value;
            return this;
        }

        /** Sets the path probed after a wake. */
        public Builder healthPath(String value) {
            this.healthPath = value;
            return this;
        }

        /** Sets the start command left on the machine; null means none. */
        public Builder startPath(String value) {
            this.startPath = value;
            return this;
        }

        /** Sets who may view the preview. */
        public Builder access(AccessMode value) {
            this.access = value;
            return this;
        }

        /** Sets what viewers may expect. */
        public Builder state(RouteState value) {
            this.state = value;
            return this;
        }

        /** Sets who may open the upstream address itself. */
        public Builder visibility(Visibility value) {
            this.visibility = value;
            return this;
        }

        /** Sets what viewers read of the last build's failure. */
        public Builder problem(String value) {
            this.problem = value;
            return this;
        }

        /** Sets how long viewers wait; null means as the data plane has it. */
        public Builder answers(TimeLimits.Answers value) {
            this.answers = value;
            return this;
        }

        /** Makes the route; throws {@link IllegalArgumentException} if it contradicts itself. */
        public Route build() {
            return new Route(
                    host,
                    previewId,
                    label,
                    changeId,
                    repository,
                    port,
                    machineId,
                    upstream,
                    autosleep,
                    healthPath,
                    startPath,
                    access,
                    state,
                    visibility,
                    problem,
                    answers,
                    null);
        }
    }
}
