package io.jenkins.plugins.dedalus.steps.workspace;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.TaskListener;
import hudson.remoting.ChannelClosedException;
import hudson.remoting.RequestAbortedException;
import hudson.util.io.ArchiverFactory;
import io.jenkins.plugins.dedalus.preview.model.Source;
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
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * An agent's workspace, packed once and kept at the controller until it reached the machine: a restart, or an agent that
 * went away, doesn't change what is sent.
 */
@Restricted(NoExternalUse.class)
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

    static WorkspaceArchive pack(StepContext context, WorkspaceScanner scanner)
            throws IOException, InterruptedException {
        FilePath workspace = workspace(context);
        TaskListener listener = context.get(TaskListener.class);
        Files.createDirectories(directory());
        String name = UUID.randomUUID() + ".tar.gz";
        Path file = create(directory().resolve(name));
        MessageDigest digest = sha256();
        boolean packed = false;
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            int files = workspace.archive(ArchiverFactory.TARGZ, out, scanner);
            packed = true;
            BuildLog.say(listener, Messages.WorkspaceArchive_packed(files, workspace.getRemote()));
        } catch (IOException e) {
            throw isAway(workspace, e) ? new AgentAwayException(e) : sentence(workspace, e);
        } finally {
            if (!packed) {
                Files.deleteIfExists(file);
            }
        }
        return new WorkspaceArchive(name, HexFormat.of().formatHex(digest.digest()));
    }

    /** @throws AgentAwayException while its agent isn't connected */
    private static FilePath workspace(StepContext context) throws IOException, InterruptedException {
        FilePath workspace;
        try {
            workspace = context.get(FilePath.class);
        } catch (IOException e) {
            throw new AgentAwayException(e);
        }
        try {
            if (workspace != null && workspace.isDirectory()) {
                return workspace;
            }
        } catch (IOException e) {
            throw isAway(workspace, e) ? new AgentAwayException(e) : e;
        }
        throw new AbortException(Messages.CodeSource_noWorkspace());
    }

    /** Whether the connection broke, rather than something at the agent's end. */
    private static boolean isAway(FilePath workspace, IOException failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof ChannelClosedException || each instanceof RequestAbortedException) {
                return true;
            }
        }
        return workspace.isRemote() && workspace.toComputer() == null;
    }

    /** What the agent said in a sentence is said here; anything else is told with where it happened. */
    private static AbortException sentence(FilePath workspace, IOException failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof AbortException) {
                return new AbortException(each.getMessage());
            }
        }
        LOGGER.log(Level.FINE, "A workspace could not be packed", failure);
        return new AbortException(Messages.WorkspaceArchive_unreadable(workspace.getRemote(), failure.getMessage()));
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

    public boolean exists() {
        return Files.isRegularFile(directory().resolve(file));
    }

    public Source source() {
        Path path = directory().resolve(file);
        return new Source.Archive(() -> Files.newInputStream(path), sha256);
    }

    public void delete() {
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
