package io.jenkins.plugins.dedalus.router.config;

import io.jenkins.plugins.dedalus.proxy.AccessMode;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
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

    AccessReader(Section access, HostPattern previewUrl, RouterConfig.DirectorySource directory) {
        this.access = access;
        this.previewUrl = previewUrl;
        this.directory = directory;
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
        RouterConfig.Jenkins jenkins = mode == AccessMode.JENKINS ? jenkins(url, token) : null;
        if (mode != AccessMode.PUBLIC && !previewUrl.trustworthy()) {
            access.problem(
                    "mode",
                    "protects previews, so previewUrl must be https: over http a password or a session is"
                            + " readable on the way, and browsers refuse the cookie.");
        }
        access.finish();
        return new RouterConfig.Access(mode, user.orElse(null), hash.orElse(null), jenkins);
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

    private RouterConfig.Jenkins jenkins(Optional<URI> url, Optional<Path> token) {
        RouterConfig.Jenkins known = directory.jenkins();
        URI address = url.orElse(known == null ? null : known.url());
        Path file = token.orElse(known == null ? null : known.tokenFile());
        if (address == null || file == null) {
            access.problem(
                    address == null ? "url" : "tokenFile",
                    "is missing: the mode jenkins needs the address of Jenkins and the file with this router's token"
                            + " (or directory.source: jenkins, which names both).");
        } else if (sameSite(address.getHost())) {
            access.problem(
                    "url",
                    "Jenkins (" + address.getHost() + ") lives under the previews' own domain " + previewUrl.domain()
                            + ": a preview could act on Jenkins. Give previews a domain of their own.");
        }
        return new RouterConfig.Jenkins(address, file);
    }

    private boolean sameSite(String host) {
        return !"localhost".equals(previewUrl.domain())
                && host != null
                && (host.equals(previewUrl.domain()) || host.endsWith("." + previewUrl.domain()));
    }
}
