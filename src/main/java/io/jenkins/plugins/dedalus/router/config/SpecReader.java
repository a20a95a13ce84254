package io.jenkins.plugins.dedalus.router.config;

import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.PortSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.Service;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads a preview file: what a preview is made of, and optionally which change request it shows. */
public final class SpecReader {
    private static final Pattern FIELD = Pattern.compile("^([a-zA-Z]+) is ");
    private static final List<String> VISIBILITIES = List.of("public", "org", "private");
    private static final List<String> PROTOCOLS = List.of("http", "https");

    private final ConfigProblems problems;
    private final RouterConfig.Defaults defaults;

    private SpecReader(String file, RouterConfig.Defaults defaults) {
        this.problems = new ConfigProblems(file);
        this.defaults = defaults;
    }

    /**
     * What a preview file says.
     *
     * @param spec validated
     * @param change the keys of its block {@code change}, as they stand; empty when there is none
     */
    public record PreviewFile(PreviewSpec spec, Map<String, String> change) {}

    /**
     * Reads YAML (or JSON).
     *
     * @param file the name for messages
     * @param defaults used where the text says nothing
     * @throws ConfigException with every problem found
     */
    public static PreviewFile read(String file, String text, RouterConfig.Defaults defaults) {
        return new SpecReader(file, defaults).read(text);
    }

    private PreviewFile read(String text) {
        ConfigNode.Mapping tree = YamlTree.parse(text, problems);
        problems.throwIfAny();
        Section root = new Section(problems, "", tree, true, Path.of(""));
        Map<String, String> change = change(root.section("change"));
        PreviewSpec.Builder builder = PreviewSpec.builder();
        machine(root, builder);
        ports(root, builder);
        builder.packages(root.strings("packages"));
        Section services = root.section("services");
        for (String name : services.names()) {
            guarded(services, name, () -> builder.service(name, service(name, services.map(name))));
        }
        root.string("setup").ifPresent(builder::setup);
        root.string("deploy").ifPresent(builder::deploy);
        root.string("start").ifPresent(builder::start);
        builder.env(root.map("env"));
        root.string("healthPath").ifPresent(builder::healthPath);
        root.string("versionPath").ifPresent(builder::versionPath);
        root.string("ttl").ifPresent(ttl -> guarded(root, "", () -> builder.ttl(PreviewSpec.parseTtl(ttl))));
        builder.repeatable(root.bool("repeatable", false));
        Section limits = root.section("limits");
        guarded(limits, "", () -> builder.limits(limits(limits)));
        limits.finish();
        root.finish();
        PreviewSpec[] built = new PreviewSpec[1];
        if (!problems.any()) {
            guarded(root, "", () -> built[0] = builder.build());
        }
        problems.throwIfAny();
        return new PreviewFile(built[0], change);
    }

    private static Map<String, String> change(Section change) {
        change.string("repository");
        change.string("number");
        change.string("name");
        change.string("branch");
        change.string("target");
        change.string("commit");
        change.string("url");
        change.string("gitUrl");
        change.finish();
        return change.names().stream()
                .filter(key -> change.string(key).isPresent())
                .collect(Collectors.toUnmodifiableMap(key -> key, key -> change.string(key, "")));
    }

    private void machine(Section root, PreviewSpec.Builder builder) {
        apply(root.decimal("vcpu").orElse(defaults.vcpu()), builder::vcpu);
        apply(integer(root, "memoryMib", defaults.memoryMib()), builder::memoryMib);
        apply(integer(root, "storageGib", defaults.storageGib()), builder::storageGib);
        String autosleep = root.string("autosleep", defaults.autosleep());
        if (autosleep != null) {
            guarded(root, "autosleep", () -> builder.autosleep(autosleep));
        }
    }

    private static <T> void apply(T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private static Integer integer(Section root, String key, Integer otherwise) {
        return root.has(key) ? Integer.valueOf(root.integer(key, 1, 1, Integer.MAX_VALUE)) : otherwise;
    }

    private void ports(Section root, PreviewSpec.Builder builder) {
        Visibility visibility = Visibility.of(word(
                root, "visibility", VISIBILITIES, defaults.visibility() == null ? "public" : defaults.visibility()));
        Protocol protocol = Protocol.of(word(root, "protocol", PROTOCOLS, "http"));
        if (root.has("port") && root.has("ports")) {
            root.problem("ports", "and port are both given. Keep one.");
        }
        if (root.has("port")) {
            builder.port(root.integer("port", 3000, 1, 65_535));
        }
        builder.protocol(protocol).visibility(visibility);
        Section ports = root.section("ports");
        for (String name : ports.names()) {
            guarded(ports, name, () -> builder.port(name, port(ports, name, protocol, visibility)));
        }
    }

    /** The problem is told at its key, which needs no saying twice. */
    private static Service service(String name, Map<String, String> settings) {
        try {
            return Service.of(name, settings);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage().replaceFirst("^services[^:]*: ", ""), e);
        }
    }

    private static PortSpec port(Section ports, String name, Protocol protocol, Visibility visibility) {
        if (!ports.isBlock(name)) {
            return new PortSpec(ports.integer(name, 3000, 1, 65_535), protocol, visibility);
        }
        Section port = ports.section(name);
        PortSpec spec = new PortSpec(
                port.integer("port", 3000, 1, 65_535),
                Protocol.of(word(port, "protocol", PROTOCOLS, protocol.value())),
                Visibility.of(word(port, "visibility", VISIBILITIES, visibility.value())));
        if (!port.has("port")) {
            port.problem("port", "is missing: the port the app listens on inside the machine.");
        }
        port.finish();
        return spec;
    }

    private static String word(Section section, String key, List<String> allowed, String otherwise) {
        String word = section.string(key, otherwise);
        if (!allowed.contains(word)) {
            section.problem(key, "\"" + word + "\" must be one of " + String.join(", ", allowed) + ".");
            return allowed.get(0);
        }
        return word;
    }

    private static TimeLimits limits(Section limits) {
        return new TimeLimits(
                limit(limits, "machine"),
                limit(limits, "source"),
                limit(limits, "setup"),
                limit(limits, "deploy"),
                limit(limits, "start"),
                limit(limits, "expose"),
                new TimeLimits.Answers(limit(limits, "response"), limit(limits, "idle")));
    }

    private static Duration limit(Section limits, String key) {
        return limits.duration(key, null);
    }

    /** The engine's own checks name the field first; that is the key to blame. */
    private void guarded(Section section, String key, Runnable step) {
        try {
            step.run();
        } catch (IllegalArgumentException e) {
            var field = FIELD.matcher(e.getMessage());
            boolean named = key.isEmpty() && field.find() && section.known(field.group(1));
            section.problem(
                    named ? field.group(1) : key, named ? e.getMessage().substring(field.end() - 3) : e.getMessage());
        }
    }
}
