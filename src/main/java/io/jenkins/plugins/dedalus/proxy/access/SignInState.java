package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * One sign-in under way. The browser keeps a random secret and the page it wanted in a cookie that only this host gets; the
 * authority sees the secret's hash, so that a code stolen on its way is of no use in another browser. The cookie's name holds
 * a part of the hash: two tabs may sign in at once.
 *
 * @param state what the authority hands back
 * @param target path and query the viewer wanted
 */
record SignInState(String state, String cookieName, String cookieValue, String target) {
    static final Duration LIFE = Duration.ofMinutes(5);

    private static final int LONGEST_TARGET = 2000;
    private static final Pattern STATE = Pattern.compile("[A-Za-z0-9_-]{43}");

    static SignInState begin(String host, String uri) {
        String target = uri.length() > LONGEST_TARGET || !uri.startsWith("/") ? "/" : uri;
        String value = Signer.random() + "." + Signer.encode(target);
        String state = state(host, value);
        return new SignInState(state, cookieName(state), value, target);
    }

    /** The sign-in that this browser began with this state on this host; null if there is none. */
    static SignInState resume(ViewerRequest request, String state) {
        if (state == null || !STATE.matcher(state).matches()) {
            return null;
        }
        String name = cookieName(state);
        String value = ViewerCookies.read(request.headers(), name);
        if (value == null || !Signer.same(state(request.route().host(), value), state)) {
            return null;
        }
        try {
            String target = Signer.decode(value.substring(value.indexOf('.') + 1));
            return new SignInState(state, name, value, target.startsWith("/") ? target : "/");
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String state(String host, String value) {
        return Signer.hash("sign-in\n" + host + "\n" + value);
    }

    private static String cookieName(String state) {
        return ViewerCookies.STATE_PREFIX + state.substring(0, 8);
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "SignInState[" + cookieName + "]";
    }
}
