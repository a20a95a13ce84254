package io.jenkins.plugins.dedalus.preview.model;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Objects;

/** How the code reaches the machine. */
public sealed interface Source permits Source.Scripts, Source.Git, Source.Archive {
    /** The directory below the machine's home where {@link Git} and {@link Archive} put the code. */
    String DIRECTORY = "app";

    /** Whether the code ends up in {@link #DIRECTORY}, which then is the scripts' working directory. */
    default boolean delivers() {
        return !(this instanceof Scripts);
    }

    /** The scripts fetch the code themselves, e.g. clone a public repository. */
    record Scripts() implements Source {}

    /**
     * A fetch of exactly one commit in an execution of its own; the token is gone before any script of this commit runs. What
     * an earlier commit left running there as the same user could read it meanwhile: give it no more than reading this
     * repository, and no long life. Forks get none.
     *
     * @param url http(s) address without credentials
     * @param ref the ref that holds the commit, e.g. {@code refs/pull/12/head}; null if the server hands out any commit
     * @param commit the full hash
     * @param token a short-lived token that may read this repository; null for public ones. Never printed
     */
    record Git(String url, String ref, String commit, String token) implements Source {
        /** Checks url and commit; throws {@link IllegalArgumentException} naming the field and what is allowed. */
        public Git {
            Objects.requireNonNull(url, "url");
            if (url.matches("(?i)[a-z]+://[^/]*@.*")) {
                throw new IllegalArgumentException(
                        "git url must hold no user or password; pass the token separately, it never gets onto the disk.");
            }
            if (token != null && !url.matches("(?i)(https://|http://(localhost|127\\.0\\.0\\.1|\\[::1])[:/]).*")) {
                throw new IllegalArgumentException("git url is " + url
                        + "; a token is sent over https only. Use the https address of the repository.");
            }
            if (url.startsWith("-") || (ref != null && ref.startsWith("-"))) {
                throw new IllegalArgumentException("git url and ref must not start with '-'.");
            }
            if (commit == null || !commit.matches("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")) {
                throw new IllegalArgumentException(
                        "git commit is '" + commit + "'; a full hash of 40 or 64 digits is needed.");
            }
        }

        @Override
        public String toString() {
            return "Git[url=" + url + ", ref=" + ref + ", commit=" + commit + (token == null ? "]" : ", token=…]");
        }
    }

    /**
     * A tar.gz archive sent through the machine's standard input in pieces.
     *
     * @param streams opens the archive from its first byte; called again after a restart
     * @param sha256 the archive's checksum, 64 hexadecimal digits
     */
    record Archive(Streams streams, String sha256) implements Source {
        /** Checks the checksum's form; throws {@link IllegalArgumentException}. */
        public Archive {
            Objects.requireNonNull(streams, "streams");
            if (sha256 == null || !sha256.matches("[0-9a-fA-F]{64}")) {
                throw new IllegalArgumentException(
                        "archive sha256 is '" + sha256 + "'; 64 hexadecimal digits are needed.");
            }
            sha256 = sha256.toLowerCase(Locale.ROOT);
        }

        /** Opens an archive. */
        @FunctionalInterface
        public interface Streams {
            /** A new stream at the archive's first byte; the caller closes it. */
            InputStream open() throws IOException;
        }
    }
}
