package io.jenkins.plugins.dedalus.router;

/** What the commands exit with; documented in docs/router.md. */
final class ExitCodes {
    /** Done. */
    static final int OK = 0;
    /** The operation failed; the sentence says why. */
    static final int FAILED = 1;
    /** The command line can't be understood. */
    static final int USAGE = 2;
    /** No router runs on this state directory. */
    static final int NO_ROUTER = 3;
    /** The configuration, or the preview file, can't be used. */
    static final int CONFIG = 4;
    /** No such preview, or the name fits several. */
    static final int NOT_FOUND = 5;

    private ExitCodes() {}
}
