package io.jenkins.plugins.dedalus.router.config;

import io.jenkins.plugins.dedalus.proxy.directory.OwnerDomains;
import io.jenkins.plugins.dedalus.router.config.RouterConfig.Owner;
import io.jenkins.plugins.dedalus.router.config.RouterConfig.OwnerKind;
import io.jenkins.plugins.dedalus.router.config.RouterConfig.Source;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads the block {@code directory}: one owner by {@code url}, several by {@code owners}, a file, or none. */
final class DirectoryReader {
    private final Section directory;

    /** What {@code directory.source} may say. */
    private enum Word {
        LEDGER,
        JENKINS,
        ROUTER,
        OWNERS,
        FILE
    }

    DirectoryReader(Section directory) {
        this.directory = directory;
    }

    RouterConfig.DirectorySource read() {
        Word word = directory.choice("source", Word.class, directory.has("owners") ? Word.OWNERS : Word.LEDGER);
        Optional<Path> path = directory.path("file");
        Duration poll = directory.duration("poll", Duration.ofSeconds(5));
        List<Owner> owners = owners(word);
        if (word == Word.FILE && path.isEmpty()) {
            directory.problem("file", "is missing: the source file needs the path of a route list.");
        }
        if (poll.compareTo(Duration.ofSeconds(1)) < 0) {
            directory.problem("poll", "must be 1s or longer.");
        }
        directory.finish();
        return new RouterConfig.DirectorySource(source(word), owners, poll, path.orElse(null));
    }

    private static Source source(Word word) {
        return switch (word) {
            case LEDGER -> Source.LEDGER;
            case JENKINS, ROUTER, OWNERS -> Source.OWNERS;
            case FILE -> Source.FILE;
        };
    }

    private List<Owner> owners(Word word) {
        Optional<URI> url = directory.url("url");
        Optional<Path> token = directory.path("tokenFile");
        List<Section> several = directory.sections("owners");
        boolean one = word == Word.JENKINS || word == Word.ROUTER;
        if (!one && (url.isPresent() || token.isPresent())) {
            directory.problem(url.isPresent() ? "url" : "tokenFile", "belongs to the sources jenkins and router only.");
        }
        if (word != Word.OWNERS && !several.isEmpty()) {
            directory.problem("owners", "belongs to the source owners only.");
        }
        if (one) {
            OwnerKind kind = word == Word.JENKINS ? OwnerKind.JENKINS : OwnerKind.ROUTER;
            return List.of(owner(directory, kind, "url", url, token, List.of()));
        }
        if (word != Word.OWNERS) {
            return List.of();
        }
        if (several.isEmpty()) {
            directory.problem(
                    "owners", "is missing: the source owners needs a list of blocks {jenkins or router, tokenFile}.");
        }
        return listed(several);
    }

    private static List<Owner> listed(List<Section> blocks) {
        List<Owner> owners = new ArrayList<>();
        Set<URI> seen = new HashSet<>();
        for (Section block : blocks) {
            boolean jenkins = block.has("jenkins");
            if (jenkins == block.has("router")) {
                block.problem(
                        "", "names either a Jenkins (jenkins: its root address) or a router (router: its admin port).");
            }
            OwnerKind kind = jenkins ? OwnerKind.JENKINS : OwnerKind.ROUTER;
            String key = kind.name().toLowerCase(Locale.ROOT);
            Optional<URI> url = block.url(key);
            Owner owner = owner(block, kind, key, url, block.path("tokenFile"), domains(block, owners));
            if (url.isPresent() && !seen.add(url.get())) {
                block.problem(key, "stands in the list already.");
            }
            block.finish();
            owners.add(owner);
        }
        return List.copyOf(owners);
    }

    /** One domain belongs to one owner. */
    private static List<String> domains(Section block, List<Owner> before) {
        List<String> domains = block.strings("domains");
        for (String domain : domains) {
            if (!OwnerDomains.isDomain(domain)) {
                block.problem(
                        "domains",
                        "\"" + domain
                                + "\" must be the part of host names that an owner's previews have in common, such as"
                                + " previews.example.net: lower case, without a leading dot or star.");
            }
            before.stream()
                    .flatMap(owner -> owner.domains().stream())
                    .filter(other -> OwnerDomains.isWithin(domain, other) || OwnerDomains.isWithin(other, domain))
                    .findFirst()
                    .ifPresent(other -> block.problem(
                            "domains",
                            "\"" + domain + "\" and \"" + other
                                    + "\" of another owner have hosts in common: give each owner domains of its own."));
        }
        return domains;
    }

    private static Owner owner(
            Section block, OwnerKind kind, String key, Optional<URI> url, Optional<Path> token, List<String> domains) {
        if (url.isEmpty() || token.isEmpty()) {
            block.problem(
                    url.isEmpty() ? key : "tokenFile",
                    kind == OwnerKind.JENKINS
                            ? "is missing: the source jenkins needs the address of Jenkins and the file with this router's token."
                            : "is missing: the source router needs the address of the owner's admin port and the file with"
                                    + " its routes token.");
        }
        return new Owner(kind, url.orElse(null), token.orElse(null), domains);
    }
}
