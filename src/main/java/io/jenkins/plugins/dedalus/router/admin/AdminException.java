package io.jenkins.plugins.dedalus.router.admin;

/** The admin API said no, or there's nobody to ask; the message is a sentence for a person. */
public final class AdminException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong; also the {@code code} on the wire. */
    public enum Kind {
        /** Nothing listens. */
        NO_ROUTER,
        /** No such preview, or the name fits several. */
        NOT_FOUND,
        /** What was sent can't be used. */
        CONFIG,
        /** Too much is under way; nothing was begun. */
        BUSY,
        /** The operation failed. */
        FAILED
    }

    private final Kind kind;

    /** Takes a sentence. */
    public AdminException(Kind kind, String sentence) {
        super(sentence);
        this.kind = kind;
    }

    /** Takes a sentence and its cause. */
    public AdminException(Kind kind, String sentence, Throwable cause) {
        super(sentence, cause);
        this.kind = kind;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }
}
