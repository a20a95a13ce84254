package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import java.util.regex.Pattern;

/**
 * The authority's session as the browser keeps it: with a signature of ours, so that made-up ones cost the authority nothing.
 * A signature of another key may be another router's, whose sessions the authority knows as well.
 *
 * @param session the authority's token
 * @param signed whether this router, or one that shares its key, gave it out for this host
 */
record SessionCookie(String session, boolean signed) {
    private static final Pattern SESSION = Pattern.compile("[A-Za-z0-9._~-]{16,512}");
    private static final Pattern SIGNATURE = Pattern.compile("[A-Za-z0-9_-]{43}");

    /** Whether a token of the authority fits into a cookie. */
    static boolean isSession(String token) {
        return SESSION.matcher(token).matches();
    }

    static String write(String session, String host, Signer signer) {
        return session + "." + signer.sign(host + "\n" + session);
    }

    /** The session that a request carries; null if there is none. */
    static SessionCookie read(ViewerRequest request, Signer signer) {
        String value = ViewerCookies.read(request.headers(), ViewerCookies.SESSION);
        if (value == null) {
            return null;
        }
        int dot = value.lastIndexOf('.');
        if (dot < 0 || !SIGNATURE.matcher(value.substring(dot + 1)).matches()) {
            return isSession(value) ? new SessionCookie(value, false) : null;
        }
        String session = value.substring(0, dot);
        if (!isSession(session)) {
            return isSession(value) ? new SessionCookie(value, false) : null;
        }
        boolean signed = signer.verify(request.route().host() + "\n" + session, value.substring(dot + 1));
        return new SessionCookie(session, signed);
    }

    /** Leaves the session out. */
    @Override
    public String toString() {
        return "SessionCookie[signed=" + signed + "]";
    }
}
