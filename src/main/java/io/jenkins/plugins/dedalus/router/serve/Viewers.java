package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.Directory;
import io.jenkins.plugins.dedalus.proxy.access.FileRevocations;
import io.jenkins.plugins.dedalus.proxy.access.HttpAuthority;
import io.jenkins.plugins.dedalus.proxy.access.ShareLinks;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import io.jenkins.plugins.dedalus.proxy.access.ViewerAccess;
import io.jenkins.plugins.dedalus.router.admin.OwnerOnly;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;

/** Who may view, as the configuration says: the gatekeeper, and the links that go around it. */
final class Viewers implements AutoCloseable {
    private static final String KEY_FILE = "share.key";

    private final ViewerAccess access;
    private final ShareLinks links;

    private Viewers(ViewerAccess access, ShareLinks links) {
        this.access = access;
        this.links = links;
    }

    /** Reads, or makes, the signing key in the state directory; throws {@link StartException}. */
    static Viewers open(RouterConfig config, Directory directory, EngineScheduler scheduler, Clock clock) {
        Signer signer = new Signer(key(config.state().resolve(KEY_FILE)));
        ShareLinks links;
        try {
            links = new ShareLinks(signer, new FileRevocations(config.state().resolve("revoked.json")), clock);
        } catch (UncheckedIOException e) {
            throw new StartException(e.getMessage(), e);
        }
        ViewerAccess.Builder access = ViewerAccess.builder()
                .directory(directory)
                .signer(signer)
                .scheduler(scheduler)
                .clock(clock)
                .links(links);
        RouterConfig.Access wanted = config.access();
        switch (wanted.mode()) {
            case BASIC -> access.basic(wanted.user(), wanted.passwordHash());
            case JENKINS ->
                access.authority(new HttpAuthority(
                        wanted.jenkins().url(),
                        SecretFiles.firstLine(wanted.jenkins().tokenFile(), "access.tokenFile"),
                        scheduler));
            case PUBLIC -> {
                // Nobody has to prove anything.
            }
        }
        return new Viewers(access.build(), links);
    }

    private static byte[] key(Path file) {
        try {
            if (!Files.exists(file)) {
                OwnerOnly.write(file, Base64.getEncoder().encodeToString(Signer.freshKey()) + "\n");
            }
            return Base64.getDecoder().decode(Files.readString(file).trim());
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException(
                    "The signing key " + file + " can't be read or made: " + e.getMessage()
                            + ". Deleting it makes a new one and withdraws every share link.",
                    e);
        }
    }

    ViewerAccess access() {
        return access;
    }

    ShareLinks links() {
        return links;
    }

    @Override
    public void close() {
        access.close();
    }
}
