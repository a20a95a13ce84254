package io.jenkins.plugins.dedalus.router.config;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.Autosleep;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.proxy.access.AccessTable;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code router.yaml}; docs/router.md describes every key. */
public final class RouterConfigReader {
    static final String DEFAULT_API = "https://dcs.dedaluslabs.ai";
    static final int DEFAULT_PORT = 8080;

    private static final Pattern CIDR = Pattern.compile("[0-9a-fA-F.:]+(/\\d{1,3})?");

    private final Path file;
    private final Map<String, String> environment;
    private final ConfigProblems problems;

    private RouterConfigReader(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
        this.problems = new ConfigProblems(file.toString());
    }

    /**
     * Reads and checks a file.
     *
     * @param environment where {@code DEDALUS_BASE_URL} is looked up when the file names no API address
     * @throws ConfigException with every problem found
     */
    public static RouterConfig read(Path file, Map<String, String> environment) {
        return new RouterConfigReader(file, environment).read();
    }

    private RouterConfig read() {
        String text = "";
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            problems.add(0, "", "there is no such file. Name one with --config, or start from examples/router.yaml.");
        } catch (IOException e) {
            problems.add(0, "", "could not be read: " + e.getMessage() + ".");
        }
        problems.throwIfAny();
        Path parent = file.toAbsolutePath().getParent();
        ConfigNode.Mapping tree = YamlTree.parse(text, problems);
        // A tree that did not parse would only yield follow-up errors.
        problems.throwIfAny();
        Section root = new Section(problems, "", tree, true, parent);
        RouterConfig config = top(root);
        root.finish();
        problems.throwIfAny();
        return config;
    }

    private RouterConfig top(Section root) {
        if (!root.has("state")) {
            root.problem("state", "is missing: name the directory for the ledger, the keys and the admin token.");
        }
        Section listen = root.section("listen");
        ListenOptions options = listen(listen);
        List<String> trusted = trustedProxies(root);
        HostPattern previewUrl = previewUrl(root, options);
        RouterConfig.DirectorySource directory = new DirectoryReader(root.section("directory")).read();
        RouterConfig.Access access = new AccessReader(
                        root.section("access"),
                        previewUrl,
                        directory,
                        root.path("state").orElse(Path.of("state")))
                .read();
        RouterConfig.Api api = api(root.section("api"));
        return new RouterConfig(
                file,
                api,
                root.path("state").orElse(Path.of("state")),
                options,
                previewUrl,
                access,
                directory,
                trusted,
                admin(root.section("admin")),
                defaults(root.section("defaults"), access.mode(), api.viewerKeyFile() != null),
                grace(root.section("grace")),
                lifetime(root.section("lifetime")),
                limits(root.section("limits")),
                root.bool("accessLog", false));
    }

    private RouterConfig.Api api(Section api) {
        URI fallback = URI.create(environment.getOrDefault("DEDALUS_BASE_URL", DEFAULT_API));
        Optional<Path> keyFile = api.path("apiKeyFile");
        if (keyFile.isPresent() && api.has("apiKeyEnv")) {
            api.problem("apiKeyEnv", "and apiKeyFile are both given. Keep one.");
        }
        if (api.string("apiKey").isPresent()) {
            api.problem(
                    "apiKey",
                    "must not stand in this file. Put the key into a file of its own and name it with apiKeyFile,"
                            + " or name an environment variable with apiKeyEnv.");
        }
        List<String> hosts = api.strings("upstreamHosts");
        RouterConfig.Api read = new RouterConfig.Api(
                api.url("baseUrl").orElse(fallback),
                keyFile.orElse(null),
                api.string("apiKeyEnv", "DEDALUS_API_KEY"),
                api.string("organisation", null),
                api.path("viewerKeyFile").orElse(null),
                hosts.isEmpty() ? List.of(".dedaluslabs.ai") : hosts);
        api.finish();
        return read;
    }

    private ListenOptions listen(Section listen) {
        String bind = listen.string("bind", "127.0.0.1");
        int port = listen.integer("port", DEFAULT_PORT, 0, 65_535);
        Section tls = listen.section("tls");
        Optional<Path> certificate = tls.path("certificate");
        Optional<Path> key = tls.path("key");
        if (tls.present() && (certificate.isEmpty() || key.isEmpty())) {
            tls.problem(
                    certificate.isEmpty() ? "certificate" : "key",
                    "is missing: TLS needs a certificate file and a key file, both PEM.");
        }
        certificate.ifPresent(path -> readable(tls, "certificate", path));
        key.ifPresent(path -> readable(tls, "key", path));
        tls.finish();
        listen.finish();
        return certificate.isPresent() && key.isPresent()
                ? ListenOptions.https(bind, port, certificate.get(), key.get())
                : ListenOptions.http(bind, port);
    }

    private static void readable(Section section, String key, Path path) {
        if (!Files.isReadable(path)) {
            section.problem(key, "names " + path + ", which is not there or can't be read.");
        }
    }

    private HostPattern previewUrl(Section root, ListenOptions listen) {
        HostPattern standard = HostPattern.parse((listen.tls() ? "https" : "http") + "://{label}.localhost:"
                + (listen.port() == 0 ? DEFAULT_PORT : listen.port()));
        return root.string("previewUrl")
                .map(text -> {
                    try {
                        return HostPattern.parse(text);
                    } catch (IllegalArgumentException e) {
                        root.problem("previewUrl", e.getMessage());
                        return standard;
                    }
                })
                .orElse(standard);
    }

    private List<String> trustedProxies(Section root) {
        List<String> blocks = root.strings("trustedProxies");
        for (String block : blocks) {
            if (!CIDR.matcher(block).matches()) {
                root.problem(
                        "trustedProxies",
                        "\"" + block + "\" must be an address or a block such as 10.0.0.0/8 or fd00::/8.");
            }
        }
        return blocks;
    }

    private RouterConfig.Admin admin(Section admin) {
        RouterConfig.Admin read = new RouterConfig.Admin(
                admin.string("bind", "127.0.0.1"),
                admin.integer("port", 0, 0, 65_535),
                admin.path("routesTokenFile").orElse(null));
        admin.finish();
        return read;
    }

    private RouterConfig.Defaults defaults(Section defaults, AccessMode access, boolean viewerKey) {
        visibility(defaults, access, viewerKey);
        defaults.string("autosleep").ifPresent(text -> {
            try {
                Autosleep.parse(text);
            } catch (IllegalArgumentException e) {
                defaults.problem("autosleep", "\"" + text + "\" must be a duration such as 30s, 15m, 2h, or never.");
            }
        });
        RouterConfig.Defaults read = new RouterConfig.Defaults(
                defaults.decimal("vcpu").orElse(null),
                optionalInteger(defaults, "memoryMib"),
                optionalInteger(defaults, "storageGib"),
                defaults.string("autosleep", null),
                defaults.string("visibility", null));
        defaults.finish();
        return read;
    }

    private static void visibility(Section defaults, AccessMode access, boolean viewerKey) {
        String word = defaults.string("visibility", "public");
        try {
            if (!Visibility.of(word).known()) {
                throw new IllegalArgumentException("\"" + word + "\" must be one of public, org, private.");
            }
            AccessTable.check(access, Visibility.of(word), viewerKey);
        } catch (IllegalArgumentException e) {
            defaults.problem("visibility", e.getMessage());
        }
    }

    private static Integer optionalInteger(Section section, String key) {
        return section.has(key) ? section.integer(key, 1, 1, Integer.MAX_VALUE) : null;
    }

    private RouterConfig.Grace grace(Section grace) {
        RouterConfig.Grace read = new RouterConfig.Grace(
                grace.duration("closed", Duration.ofHours(24)),
                grace.duration("unconfirmed", Duration.ofDays(7)),
                grace.duration("reconcile", Duration.ofMinutes(5)));
        if (read.reconcile().compareTo(Duration.ofSeconds(1)) < 0) {
            grace.problem("reconcile", "must be 1s or longer.");
        }
        grace.finish();
        return read;
    }

    private static boolean waits(Section limits) {
        String word = limits.string("whenFull", "fail");
        if (!word.equals("wait") && !word.equals("fail")) {
            limits.problem("whenFull", "\"" + word + "\" must be one of wait, fail.");
        }
        return word.equals("wait");
    }

    private RouterConfig.Lifetime lifetime(Section lifetime) {
        Duration ttl = Duration.ZERO;
        try {
            ttl = PreviewSpec.parseTtl(lifetime.string("ttl", "never"));
        } catch (IllegalArgumentException e) {
            lifetime.problem("ttl", e.getMessage().replaceFirst("^ttl ", ""));
        }
        RouterConfig.Lifetime read = new RouterConfig.Lifetime(ttl, lifetime.duration("notice", Duration.ofDays(2)));
        lifetime.finish();
        return read;
    }

    private RouterConfig.Limits limits(Section limits) {
        RouterConfig.Limits read = new RouterConfig.Limits(
                limits.integer("waiters", 1000, 1, 100_000),
                limits.duration("wakeDeadline", Duration.ofMinutes(2)),
                limits.duration("waitingPageAfter", Duration.ofMillis(1500)),
                limits.duration("unready", Duration.ZERO),
                limits.duration("drain", Duration.ofSeconds(30)),
                limits.integer("upstreamConnections", 256, 1, 65_535),
                limits.duration("response", Duration.ofMinutes(5)),
                limits.duration("idle", Duration.ofMinutes(10)),
                limits.duration("keepAwake", Duration.ofHours(1)),
                limits.integer("maxMachines", 0, 0, 100_000),
                waits(limits),
                limits.integer("maxAwake", 0, 0, 100_000));
        if (read.wakeDeadline().compareTo(Duration.ofSeconds(1)) < 0) {
            limits.problem("wakeDeadline", "must be 1s or longer.");
        }
        limits.finish();
        return read;
    }
}
