package io.jenkins.plugins.dedalus.proxy.directory;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a preview's public address is made, such as {@code https://{label}.previews.example.net}. Placeholders, all within the
 * first part of the host: {@code {label}} (or {@code {preview}}, the same), the preview's id, unique over all repositories;
 * {@code {number}}, the change request's number, unique only where one repository is served. The filled first part is the
 * preview's label, which its record keeps; a second port's host is {@code <label>--<port name>}. Immutable.
 */
public final class HostPattern {
    private static final Pattern SHAPE =
            Pattern.compile("(https?)://([^/:]+)(?::(\\d{1,5}))?/?", Pattern.CASE_INSENSITIVE);
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^}]*)}");
    private static final Set<String> KNOWN = Set.of("label", "preview", "number");
    private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
    private static final int MAX_LABEL = 44;

    private final String text;
    private final String scheme;
    private final String first;
    private final String domain;
    private final int port;

    private HostPattern(String text, String scheme, String host, int port) {
        this.text = text;
        this.scheme = scheme;
        this.first = host.substring(0, host.indexOf('.'));
        this.domain = host.substring(host.indexOf('.') + 1);
        this.port = port;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong and what is allowed
     */
    public static HostPattern parse(String text) {
        Objects.requireNonNull(text, "text");
        Matcher shape = SHAPE.matcher(text.trim());
        if (!shape.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text
                            + "\" must look like https://{label}.previews.example.net: scheme, host with a placeholder, optional port.");
        }
        String host = shape.group(2).toLowerCase(Locale.ROOT);
        checkHost(text, host);
        int port = shape.group(3) == null ? -1 : Integer.parseInt(shape.group(3));
        if (port == 0 || port > 65_535) {
            throw new IllegalArgumentException("\"" + text + "\" names port " + port + "; ports are 1 to 65535.");
        }
        return new HostPattern(text.trim(), shape.group(1).toLowerCase(Locale.ROOT), host, port);
    }

    private static void checkHost(String text, String host) {
        int dot = host.indexOf('.');
        boolean placed = false;
        Matcher placeholders = PLACEHOLDER.matcher(host);
        while (placeholders.find()) {
            if (!KNOWN.contains(placeholders.group(1))) {
                throw new IllegalArgumentException("\"" + text + "\" has the placeholder " + placeholders.group()
                        + "; known are {label} and {number}.");
            }
            placed = true;
        }
        if (!placed) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" must hold {label} (or {number}): every preview needs a host of its own.");
        }
        if (dot < 0 || host.indexOf('{', dot) >= 0) {
            throw new IllegalArgumentException("\"" + text
                    + "\" must have its placeholders in the first part of the host and a domain behind it.");
        }
        if (!HOST.matcher(PLACEHOLDER.matcher(host).replaceAll("x")).matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no host name: letters, digits, dashes and dots are allowed.");
        }
    }

    /**
     * The label a new preview gets: one part of a host name, at most 44 characters, no two dashes in a row.
     *
     * @param previewId the preview's id, unique over all repositories
     * @param changeId the change request's number as text
     */
    public String label(String previewId, String changeId) {
        String safe = slug(first.replace("{label}", previewId)
                .replace("{preview}", previewId)
                .replace("{number}", changeId));
        if (safe.length() <= MAX_LABEL) {
            return safe;
        }
        // Cutting could make two previews one host; the hash of the whole keeps them apart.
        String hash = Integer.toString(safe.hashCode() & Integer.MAX_VALUE, 36);
        return slug(safe.substring(0, MAX_LABEL - 1 - hash.length())) + "-" + hash;
    }

    private static String slug(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    /** The host of an exposed port's label: lower case, without port. */
    public String host(String label) {
        return label + "." + domain;
    }

    /** The address a viewer opens for an exposed port's label, with a trailing slash. */
    public URI url(String label) {
        return address(host(label));
    }

    /** The address a viewer opens for one of these hosts, or one below them, with a trailing slash. */
    public URI address(String host) {
        return URI.create(scheme + "://" + host + (port < 0 ? "" : ":" + port) + "/");
    }

    /** {@code http} or {@code https}, as viewers see it. */
    public String scheme() {
        return scheme;
    }

    /** The domain the previews live under, e.g. {@code previews.example.net}. */
    public String domain() {
        return domain;
    }

    /** Whether browsers take these hosts for trustworthy: https, or {@code localhost}. */
    public boolean trustworthy() {
        return "https".equals(scheme) || "localhost".equals(domain) || domain.endsWith(".localhost");
    }

    @Override
    public String toString() {
        return text;
    }
}
