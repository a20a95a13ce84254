package io.jenkins.plugins.dedalus.router.config;

import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.router.config.RouterConfig.OwnerKind;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the block {@code access} and refuses combinations that would protect nothing. */
final class AccessReader {
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-4])\\$[./A-Za-z0-9]{53}");

    private final Section access;
    private final HostPattern previewUrl;
    private final RouterConfig.DirectorySource directory;
    private final Path state;

    AccessReader(Section access, HostPattern previewUrl, RouterConfig.DirectorySource directory, Path state) {
        this.access = access;
        this.previewUrl = previewUrl;
        this.directory = directory;
        this.state = state;
    }

    RouterConfig.Access read() {
        AccessMode mode = access.choice("mode", AccessMode.class, AccessMode.PUBLIC);
        Optional<String> user = access.string("user");
        Optional<String> hash = access.string("passwordHash");
        Optional<URI> url = access.url("url");
        Optional<Path> token = access.path("tokenFile");
        if (mode == AccessMode.BASIC) {
            basic(user, hash);
        } else if (user.isPresent() || hash.isPresent()) {
            access.problem(user.isPresent() ? "user" : "passwordHash", "belongs to the mode basic only.");
        }
        if (mode != AccessMode.JENKINS && (url.isPresent() || token.isPresent())) {
            access.problem(url.isPresent() ? "url" : "tokenFile", "belongs to the mode jenkins only.");
        }
        Path keyFile = access.path("keyFile").orElse(state.resolve("share.key"));
        RouterConfig.Owner jenkins = mode == AccessMode.JENKINS ? jenkins(url, token) : null;
        if (mode != AccessMode.PUBLIC && !previewUrl.trustworthy()) {
            access.problem(
                    "mode",
                    "protects previews, so previewUrl must be https: over http a password or a session is"
                            + " readable on the way, and browsers refuse the cookie.");
        }
        access.finish();
        return new RouterConfig.Access(mode, user.orElse(null), hash.orElse(null), jenkins, keyFile);
    }

    private void basic(Optional<String> user, Optional<String> hash) {
        if (user.isEmpty() || user.get().contains(":")) {
            access.problem("user", "is missing or holds a colon: the mode basic needs one user name.");
        }
        if (access.has("password")) {
            access.problem(
                    "password",
                    "must not stand in this file: put the output of the command hash-password into passwordHash.");
        } else if (hash.isEmpty() || !BCRYPT.matcher(hash.get()).matches()) {
            access.problem(
                    "passwordHash", "must be a bcrypt hash of cost 4 to 14, as the command hash-password prints it.");
        }
    }

    /** Null where the Jenkins that own the previews are asked, each about its own. */
    private RouterConfig.Owner jenkins(Optional<URI> url, Optional<Path> token) {
        directory.owners().stream()
                .filter(owner -> owner.kind() == OwnerKind.JENKINS && owner.url() != null)
                .forEach(owner -> apart(owner.url()));
        boolean enough = !directory.owners().isEmpty()
                && directory.owners().stream().allMatch(owner -> owner.kind() == OwnerKind.JENKINS);
        if (url.isEmpty() && token.isEmpty() && enough) {
            return null;
        }
        if (url.isEmpty() || token.isEmpty()) {
            access.problem(
                    url.isEmpty() ? "url" : "tokenFile",
                    "is missing: the mode jenkins needs the address of Jenkins and the file with this router's token"
                            + " (or a directory that follows Jenkins alone, which names both).");
        }
        url.ifPresent(this::apart);
        return new RouterConfig.Owner(OwnerKind.JENKINS, url.orElse(null), token.orElse(null));
    }

    private void apart(URI jenkins) {
        if (sameSite(jenkins.getHost())) {
            access.problem(
                    "url",
                    "Jenkins (" + jenkins.getHost() + ") lives under the previews' own domain " + previewUrl.domain()
                            + ": a preview could act on Jenkins. Give previews a domain of their own.");
        }
    }

    private boolean sameSite(String host) {
        return !"localhost".equals(previewUrl.domain())
                && host != null
                && (host.equals(previewUrl.domain()) || host.endsWith("." + previewUrl.domain()));
    }
}
