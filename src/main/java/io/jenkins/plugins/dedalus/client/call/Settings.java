package io.jenkins.plugins.dedalus.client.call;

import io.jenkins.plugins.dedalus.client.error.Sentences;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Checks a client's configuration. Its messages name no key, and no URL that may hold one. */
public final class Settings {

    private static final int MAX_RETRIES = 20;
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]+");
    private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.\\d{1,3}){3}");

    private Settings() {}

    public static String apiKey(String key) {
        if (key == null || key.isBlank()) {
            throw new IllegalArgumentException(
                    "The Dedalus API key is empty. Set the key that the Dedalus console shows.");
        }
        if (key.indexOf('\n') >= 0 || key.indexOf('\r') >= 0) {
            throw new IllegalArgumentException(
                    "The Dedalus API key contains a line break. Enter the key alone, without the end of its line.");
        }
        if (!VISIBLE.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "The Dedalus API key contains a blank or a character outside of ASCII. Enter the key alone.");
        }
        return key;
    }

    public static String organization(String id) {
        if (id == null || id.isBlank()) {
            return null;
        }
        if (!VISIBLE.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "The Dedalus organisation id contains a blank, a line break or a character"
                            + " outside of ASCII. Enter the id alone, it is a UUID.");
        }
        return id;
    }

    public static String userAgent(String agent) {
        if (agent == null || !PRINTABLE.matcher(agent).matches()) {
            throw new IllegalArgumentException("The user agent must be printable ASCII on one line.");
        }
        return agent;
    }

    public static Duration positive(String name, Duration value) {
        if (value == null || value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException("The " + name + " must be longer than zero, but is " + value + ".");
        }
        return value;
    }

    public static int retries(int retries) {
        if (retries < 0 || retries > MAX_RETRIES) {
            throw new IllegalArgumentException("The number of retries must be 0 to 20, but is " + retries + ".");
        }
        return retries;
    }

    /** The base URL without a slash at its end. */
    public static URI baseUrl(String url, String key) {
        if (url == null || url.isBlank()) {
            throw new IllegalArgumentException(
                    "The Dedalus base URL is empty. Leave it out, or set one such as https://dcs.dedaluslabs.ai.");
        }
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException e) {
            throw refused(url, key, "is not a URL");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!"https".equals(scheme) && !"http".equals(scheme)) {
            throw refused(url, key, "must start with https://");
        }
        if (uri.getRawUserInfo() != null
                || (uri.getRawAuthority() != null && uri.getRawAuthority().indexOf('@') >= 0)) {
            throw new IllegalArgumentException("The Dedalus base URL must not contain a user name or password.");
        }
        if (uri.getHost() == null) {
            throw refused(url, key, "names no host");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("The Dedalus base URL must not contain ? or #.");
        }
        if ("http".equals(scheme) && !loopback(uri.getHost())) {
            throw refused(url, key, "must start with https://, or the API key would travel in the clear");
        }
        String text = uri.toString();
        return URI.create(text.replaceAll("/+$", ""));
    }

    private static boolean loopback(String host) {
        return "localhost".equalsIgnoreCase(host)
                || "[::1]".equals(host)
                || "[0:0:0:0:0:0:0:1]".equals(host)
                || LOOPBACK_V4.matcher(host).matches();
    }

    private static IllegalArgumentException refused(String url, String key, String why) {
        // Keys get pasted into the wrong field; a URL with anything like one is not shown.
        boolean showable = !url.contains(key) && url.contains("://") && url.indexOf('@') < 0 && url.indexOf('?') < 0;
        String shown = showable ? " “" + Sentences.quote(url) + "”" : "";
        return new IllegalArgumentException("The Dedalus base URL" + shown + " " + why
                + ". Set one such as https://dcs.dedaluslabs.ai; http:// is for loopback addresses only.");
    }
}
