package io.jenkins.plugins.dedalus.preview.model;

import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a preview is made of. Immutable; the order of {@code ports} counts: the first one is the app's main address.
 *
 * @param vcpu virtual CPUs, 0.25 to 64
 * @param memoryMib memory in MiB, 256 to 262144
 * @param storageGib storage in GiB, 1 to 1000; only grows
 * @param autosleep when the machine sleeps by itself
 * @param ports name to port, at least one
 * @param packages Debian packages that the machine has before the code arrives, and again after a wake that lost them
 * @param services name to service; what is known runs before what is the preview's own
 * @param setup bash script run once per machine; null for none
 * @param deploy bash script run for each commit; null for none
 * @param start foreground command that we run and own; null if the scripts start the app themselves
 * @param env plain environment of the scripts and the app
 * @param healthPath path whose answer (any status below 500) means the app serves
 * @param versionPath path whose answer must contain the commit; null for none
 * @param limits how long each part may take
 * @param repeatable whether setup and deploy may run again if the platform lost them half-way
 * @param ttl how long it stays when nobody looks at it or pushes to it, an hour or longer; zero for ever; null as its host has it
 */
public record PreviewSpec(
        double vcpu,
        int memoryMib,
        int storageGib,
        Autosleep autosleep,
        Map<String, PortSpec> ports,
        List<String> packages,
        Map<String, Service> services,
        String setup,
        String deploy,
        String start,
        Map<String, String> env,
        String healthPath,
        String versionPath,
        TimeLimits limits,
        boolean repeatable,
        Duration ttl) {

    /** The name of the port that {@link Builder#port(int)} sets. */
    public static final String DEFAULT_PORT_NAME = "web";

    private static final int SLOW_WAKE_GIB = 50;
    private static final Duration LEAST_TTL = Duration.ofHours(1);
    private static final Duration LONGEST_TTL = Duration.ofDays(3650);
    private static final String TTL = "a duration such as 12h or 14d, from 1h to 3650d, or never";

    /** As Debian's policy has it; and no dash at the end, which would tell apt to remove it. */
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]{0,98}[a-z0-9+]");

    /** Validates; throws {@link IllegalArgumentException} naming the field, its value and what is allowed. */
    public PreviewSpec {
        ports = Collections.unmodifiableMap(new LinkedHashMap<>(ports));
        packages = List.copyOf(new LinkedHashSet<>(packages));
        services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
        services.keySet().forEach(Service::checkName);
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        setup = blankToNull(setup);
        deploy = blankToNull(deploy);
        start = blankToNull(start);
        versionPath = blankToNull(versionPath);
        if (!(vcpu >= 0.25 && vcpu <= 64)) {
            throw invalid("vcpu", vcpu, "0.25 to 64");
        }
        if (memoryMib < 256 || memoryMib > 262_144) {
            throw invalid("memoryMib", memoryMib, "256 to 262144");
        }
        if (storageGib < 1 || storageGib > 1000) {
            throw invalid("storageGib", storageGib, "1 to 1000");
        }
        if (ports.isEmpty()) {
            throw invalid("ports", "empty", "at least one port");
        }
        for (String name : ports.keySet()) {
            if (!name.matches("[a-z]([a-z0-9]|-(?=[a-z0-9])){0,15}")) {
                throw invalid(
                        "ports", "'" + name + "'", "names of up to 16 lower-case letters, digits and single dashes");
            }
        }
        if (ports.values().stream().map(PortSpec::port).distinct().count() != ports.size()) {
            throw invalid("ports", ports.values(), "each port number once");
        }
        for (String name : packages) {
            if (!PACKAGE.matcher(name).matches()) {
                throw invalid(
                        "packages",
                        "'" + name + "'",
                        "names of Debian packages such as postgresql or g++-12: lower-case letters, digits, + - and dots");
            }
        }
        env.keySet().forEach(EnvNames::check);
        checkPath("healthPath", healthPath);
        if (versionPath != null) {
            checkPath("versionPath", versionPath);
        }
        if (ttl != null) {
            checkTtl(ttl);
        }
    }

    /** Starts with the defaults: 1 vCPU, 2048 MiB, 10 GiB, autosleep 5m, port 3000 named web, health path {@code /}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Sentences about what is allowed but unwise. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (storageGib > SLOW_WAKE_GIB) {
            warnings.add("storageGib is " + storageGib + ": above " + SLOW_WAKE_GIB
                    + " GiB a machine wakes noticeably slower, and storage never shrinks again.");
        }
        if (autosleep.duration() == null) {
            warnings.add("autosleep is never: the machine is paid for day and night until it is put to sleep.");
        }
        if (start == null) {
            warnings.add(
                    "start is not set: after a wake that lost its memory the app can't be started again by itself.");
        }
        return warnings;
    }

    /** Whether there is anything that a wake can put back after the machine lost its memory. */
    public boolean repairable() {
        return start != null || !packages.isEmpty() || !services.isEmpty();
    }

    /** The first port's name. */
    public String mainPortName() {
        return ports.keySet().iterator().next();
    }

    /** The first port. */
    public PortSpec mainPort() {
        return ports.values().iterator().next();
    }

    /**
     * How long a preview stays, as people write it: {@code 14d}, or {@code never} for ever. Throws {@link
     * IllegalArgumentException} otherwise.
     */
    public static Duration parseTtl(String text) {
        if ("never".equals(text)) {
            return Duration.ZERO;
        }
        Duration ttl = Durations.parse(text)
                .filter(Predicate.not(Duration::isZero))
                .orElseThrow(() -> invalid("ttl", "'" + text + "'", TTL));
        checkTtl(ttl);
        return ttl;
    }

    private static void checkTtl(Duration ttl) {
        if (!ttl.isZero() && (ttl.compareTo(LEAST_TTL) < 0 || ttl.compareTo(LONGEST_TTL) > 0)) {
            throw invalid("ttl", ttl.isNegative() ? ttl : Durations.format(ttl), TTL);
        }
    }

    private static void checkPath(String field, String path) {
        if (path == null || !path.matches("/[!-~]{0,1023}")) {
            throw invalid(field, "'" + path + "'", "a path that starts with / and has no spaces");
        }
    }

    private static String blankToNull(String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static IllegalArgumentException invalid(String field, Object value, String allowed) {
        return new IllegalArgumentException(field + " is " + value + "; allowed: " + allowed + ".");
    }

    /** Environment values may be private even when not declared secret: only their names are shown. */
    @Override
    public String toString() {
        return "PreviewSpec[" + vcpu + " vCPU, " + memoryMib + " MiB, " + storageGib + " GiB, autosleep " + autosleep
                + ", ports " + ports + ", packages " + packages + ", services "
                + services.keySet() + ", env " + env.keySet() + "]";
    }

    /** Collects a spec's values; see the record's components. */
    public static final class Builder {
        private double vcpu = 1;
        private int memoryMib = 2048;
        private int storageGib = 10;
        private Autosleep autosleep = Autosleep.DEFAULT;
        private final Map<String, PortSpec> ports = new LinkedHashMap<>();
        private int port = 3000;
        private Protocol protocol = Protocol.HTTP;
        private Visibility visibility = Visibility.PUBLIC;
        private final List<String> packages = new ArrayList<>();
        private final Map<String, Service> services = new LinkedHashMap<>();
        private String setup;
        private String deploy;
        private String start;
        private final Map<String, String> env = new LinkedHashMap<>();
        private String healthPath = "/";
        private String versionPath;
        private TimeLimits limits = TimeLimits.DEFAULT;
        private boolean repeatable;
        private Duration ttl;

        private Builder() {}

        /** Sets the virtual CPUs. */
        public Builder vcpu(double value) {
            this.vcpu = value;
            return this;
        }

        /** Sets the memory in MiB. */
        public Builder memoryMib(int value) {
            this.memoryMib = value;
            return this;
        }

        /** Sets the storage in GiB. */
        public Builder storageGib(int value) {
            this.storageGib = value;
            return this;
        }

        /** Sets autosleep in the API's notation, e.g. {@code 15m} or {@code never}. */
        public Builder autosleep(String value) {
            this.autosleep = Autosleep.parse(value);
            return this;
        }

        /** Sets autosleep; null means the default. */
        public Builder autosleep(Duration value) {
            this.autosleep = value == null ? Autosleep.DEFAULT : new Autosleep(value);
            return this;
        }

        /** Sets the only port, named web; ignored once named ports are added. */
        public Builder port(int value) {
            this.port = value;
            return this;
        }

        /** Sets the only port's protocol. */
        public Builder protocol(Protocol value) {
            this.protocol = value;
            return this;
        }

        /** Sets the only port's visibility. */
        public Builder visibility(Visibility value) {
            this.visibility = value;
            return this;
        }

        /** Adds a named port; the first added is the main one. */
        public Builder port(String name, PortSpec value) {
            if (ports.put(name, value) != null) {
                throw invalid("ports", "'" + name + "' twice", "each name once");
            }
            return this;
        }

        /** Adds packages that the machine has before the code arrives. */
        public Builder packages(List<String> values) {
            this.packages.addAll(values);
            return this;
        }

        /** Adds what runs beside the app. */
        public Builder service(String name, Service value) {
            this.services.put(name, value);
            return this;
        }

        /** Sets the script run once per machine. */
        public Builder setup(String value) {
            this.setup = value;
            return this;
        }

        /** Sets the script run for each commit. */
        public Builder deploy(String value) {
            this.deploy = value;
            return this;
        }

        /** Sets the foreground command that serves. */
        public Builder start(String value) {
            this.start = value;
            return this;
        }

        /** Adds a plain environment variable. */
        public Builder env(String name, String value) {
            this.env.put(name, value);
            return this;
        }

        /** Adds plain environment variables. */
        public Builder env(Map<String, String> values) {
            this.env.putAll(values);
            return this;
        }

        /** Sets the path probed for life. */
        public Builder healthPath(String value) {
            this.healthPath = value;
            return this;
        }

        /** Sets the path that must return the commit. */
        public Builder versionPath(String value) {
            this.versionPath = value;
            return this;
        }

        /** Sets the time limits. */
        public Builder limits(TimeLimits value) {
            this.limits = value;
            return this;
        }

        /** Declares that setup and deploy may run again if the platform lost them half-way. */
        public Builder repeatable(boolean value) {
            this.repeatable = value;
            return this;
        }

        /** Sets how long it stays when nobody looks at it; zero for ever, null as its host has it. */
        public Builder ttl(Duration value) {
            this.ttl = value;
            return this;
        }

        /** Validates and makes the spec; throws {@link IllegalArgumentException} with a sentence. */
        public PreviewSpec build() {
            Map<String, PortSpec> all =
                    ports.isEmpty() ? Map.of(DEFAULT_PORT_NAME, new PortSpec(port, protocol, visibility)) : ports;
            return new PreviewSpec(
                    vcpu,
                    memoryMib,
                    storageGib,
                    autosleep,
                    all,
                    packages,
                    services,
                    setup,
                    deploy,
                    start,
                    env,
                    healthPath,
                    versionPath,
                    limits,
                    repeatable,
                    ttl);
        }
    }
}
