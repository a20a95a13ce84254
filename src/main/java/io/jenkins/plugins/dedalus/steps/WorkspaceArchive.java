package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.TaskListener;
import hudson.util.DirScanner;
import hudson.util.io.ArchiverFactory;
import io.jenkins.plugins.dedalus.preview.Source;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * An agent's workspace, packed once and kept at the controller until it reached the machine: a restart, or an agent that
 * went away, doesn't change what is sent.
 */
public final class WorkspaceArchive implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(WorkspaceArchive.class.getName());
    private static final Duration LEFT_BEHIND = Duration.ofDays(3);

    private final String file;
    private final String sha256;

    private WorkspaceArchive(String file, String sha256) {
        this.file = file;
        this.sha256 = sha256;
    }

    private static Path directory() {
        return Jenkins.get().getRootDir().toPath().resolve("dedalus").resolve("uploads");
    }

    static WorkspaceArchive pack(StepContext context) throws IOException, InterruptedException {
        FilePath workspace = context.get(FilePath.class);
        if (workspace == null || !workspace.isDirectory()) {
            throw new AbortException(Messages.CodeSource_noWorkspace());
        }
        TaskListener listener = context.get(TaskListener.class);
        Files.createDirectories(directory());
        String name = UUID.randomUUID() + ".tar.gz";
        Path file = create(directory().resolve(name));
        MessageDigest digest = sha256();
        boolean packed = false;
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            // History and credentials of a clone are no part of what a commit contains.
            DirScanner everything = new DirScanner.Glob("**", ".git,.git/**,**/.git,**/.git/**", false);
            int files = workspace.archive(ArchiverFactory.TARGZ, out, everything);
            packed = true;
            BuildLog.say(listener, Messages.WorkspaceArchive_packed(files, workspace.getRemote()));
        } finally {
            if (!packed) {
                Files.deleteIfExists(file);
            }
        }
        return new WorkspaceArchive(name, HexFormat.of().formatHex(digest.digest()));
    }

    /** Only Jenkins may read it: a workspace may hold what its owner wants private. */
    private static Path create(Path file) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] owner = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        return Files.createFile(file, owner);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }

    boolean exists() {
        return Files.isRegularFile(directory().resolve(file));
    }

    Source source() {
        Path path = directory().resolve(file);
        return new Source.Archive(() -> Files.newInputStream(path), sha256);
    }

    void delete() {
        delete(directory().resolve(file));
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOGGER.log(
                    Level.WARNING, e, () -> "The packed workspace " + path + " can't be deleted; delete it by hand.");
        }
    }

    /** Deletes what builds left behind that ended without saying so. */
    public static void sweep(Instant now) throws IOException {
        if (!Files.isDirectory(directory())) {
            return;
        }
        try (Stream<Path> files = Files.list(directory())) {
            for (Path each : files.toList()) {
                if (Files.getLastModifiedTime(each)
                        .toInstant()
                        .plus(LEFT_BEHIND)
                        .isBefore(now)) {
                    delete(each);
                }
            }
        }
    }
}
