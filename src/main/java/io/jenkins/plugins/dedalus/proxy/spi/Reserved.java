package io.jenkins.plugins.dedalus.proxy.spi;

/** Names on a preview host that are ours: never forwarded upstream, never accepted from there. */
public final class Reserved {
    /** Paths below this belong to the router: status, hand-over, sign-out. They are never forwarded. */
    public static final String PATH_PREFIX = "/.dedalus/";

    /** The waiting page polls this; the data plane answers it by {@link WaitingPages#status}. */
    public static final String STATUS_PATH = PATH_PREFIX + "status";

    /** A share link leads below this; what follows is its token, a credential. */
    public static final String SHARE_PREFIX = PATH_PREFIX + "share/";

    /** Every cookie of ours starts like this (which makes it host-only, {@code Secure} and {@code Path=/}). */
    public static final String COOKIE_PREFIX = "__Host-dedalus-";

    /** Carries a bypass token for end-to-end tests; always stripped before the upstream. */
    public static final String BYPASS_HEADER = "X-Dedalus-Bypass";

    /** Every request header of ours starts like this (compared without case); stripped before the upstream. */
    public static final String HEADER_PREFIX = "x-dedalus-";

    private Reserved() {}

    /** Whether {@code path} (raw, as sent, with or without a query) is one of the router's own. */
    public static boolean isReservedPath(String path) {
        return path.startsWith(PATH_PREFIX);
    }

    /** Whether {@code path} (raw, with or without a query) is the status endpoint. */
    public static boolean isStatus(String path) {
        return path.startsWith(STATUS_PATH)
                && (path.length() == STATUS_PATH.length() || path.charAt(STATUS_PATH.length()) == '?');
    }
}
