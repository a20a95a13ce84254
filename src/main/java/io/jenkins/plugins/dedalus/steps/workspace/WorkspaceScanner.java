package io.jenkins.plugins.dedalus.steps.workspace;

import hudson.AbortException;
import hudson.util.DirScanner;
import hudson.util.FileVisitor;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.apache.tools.ant.types.selectors.SelectorUtils;

/**
 * What of a workspace is sent: its files, and its links as links. No link is followed: a checkout may hold some that lead to
 * the agent's keys, to the controller's secrets or around in a circle. Runs on the agent.
 */
public final class WorkspaceScanner extends DirScanner {
    private static final long serialVersionUID = 1L;
    private static final long MIB = 1024L * 1024;

    /** History and credentials of a clone are no part of what a commit contains. */
    private static final List<String> NEVER = List.of(".git", ".git/**", "**/.git", "**/.git/**");

    private final List<String> excludes;
    private final int limitMib;

    /**
     * Looks for everything but what these patterns name.
     *
     * @param excludes Ant patterns, from the workspace's root
     * @param limitMib how much the files may hold together, in MiB, before anything is compressed
     */
    public WorkspaceScanner(List<String> excludes, int limitMib) {
        this.excludes = Stream.concat(NEVER.stream(), excludes.stream())
                .map(WorkspaceScanner::pattern)
                .toList();
        this.limitMib = limitMib;
    }

    /** As Ant means it: {@code dir/} is everything below it. */
    private static String pattern(String text) {
        String path = text.replace('\\', '/');
        return (path.endsWith("/") ? path + "**" : path).replace('/', File.separatorChar);
    }

    /** @throws AbortException with a sentence when it is too much */
    @Override
    public void scan(File dir, FileVisitor visitor) throws IOException {
        // The workspace itself may be reached through a link that an administrator made.
        Path root = dir.toPath().toRealPath();
        Files.walkFileTree(root, new Walk(root, visitor));
    }

    /** Walks without following links. */
    private final class Walk extends SimpleFileVisitor<Path> {
        private final Path root;
        private final FileVisitor visitor;
        private long bytes;

        Walk(Path root, FileVisitor visitor) {
            this.root = root;
            this.visitor = visitor;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            // A junction on Windows is a directory and "other": it leads elsewhere like a link.
            boolean below = dir.equals(root) || !attributes.isOther() && !excluded(dir);
            return below ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (excluded(file)) {
                return FileVisitResult.CONTINUE;
            }
            String name = root.relativize(file).toString().replace(File.separatorChar, '/');
            if (attributes.isSymbolicLink()) {
                visitor.visitSymlink(file.toFile(), Files.readSymbolicLink(file).toString(), name);
            } else if (attributes.isRegularFile()) {
                count(attributes.size());
                visitor.visit(file.toFile(), name);
            }
            return FileVisitResult.CONTINUE;
        }

        private void count(long size) throws AbortException {
            bytes += size;
            if (bytes > limitMib * MIB) {
                throw new AbortException(Messages.WorkspaceArchive_tooLarge(root, limitMib));
            }
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                // Gone since its directory was listed.
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        private boolean excluded(Path path) {
            String relative = root.relativize(path).toString();
            return excludes.stream()
                    .anyMatch(pattern -> SelectorUtils.matchPath(pattern, relative)
                            || pattern.endsWith(File.separator + "**")
                                    && SelectorUtils.matchPath(pattern.substring(0, pattern.length() - 3), relative));
        }
    }
}
