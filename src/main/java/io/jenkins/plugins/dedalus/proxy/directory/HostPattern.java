package io.jenkins.plugins.dedalus.proxy.directory;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a preview's public address is made, such as {@code https://{label}.previews.example.net}. Placeholders, all within the
 * first label of the host: {@code {label}} (or {@code {preview}}, the same), the preview's DNS-safe label, unique over all
 * repositories; {@code {number}}, the change request's number, unique only where one repository is served; {@code {name}},
 * the name of the exposed port. Immutable.
 */
public final class HostPattern {
    private static final Pattern SHAPE =
            Pattern.compile("(https?)://([^/:]+)(?::(\\d{1,5}))?/?", Pattern.CASE_INSENSITIVE);
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^}]*)}");
    private static final Set<String> KNOWN = Set.of("label", "preview", "number", "name");
    private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
    private static final int MAX_LABEL = 63;

    private final String text;
    private final String scheme;
    private final String host;
    private final int port;

    private HostPattern(String text, String scheme, String host, int port) {
        this.text = text;
        this.scheme = scheme;
        this.host = host;
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
            throw new IllegalArgumentException("\"" + text
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
        String rest = dot < 0 ? "" : host.substring(dot + 1);
        boolean identifies = false;
        Matcher placeholders = PLACEHOLDER.matcher(host);
        while (placeholders.find()) {
            String name = placeholders.group(1);
            if (!KNOWN.contains(name)) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" has the placeholder {" + name + "}; known are {label}, {number} and {name}.");
            }
            identifies |= !"name".equals(name);
        }
        if (!identifies) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" must hold {label} (or {number}): every preview needs a host of its own.");
        }
        if (rest.isEmpty() || rest.contains("{")) {
            throw new IllegalArgumentException("\"" + text
                    + "\" must have its placeholders in the first part of the host and a domain behind it.");
        }
        if (!HOST.matcher(PLACEHOLDER.matcher(host).replaceAll("x")).matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no host name: letters, digits, dashes and dots are allowed.");
        }
    }

    /**
     * The host of one exposed port.
     *
     * @param label the port's DNS-safe label, unique over all previews
     * @param changeId the change request's number as text
     * @param portName the exposed port's name
     * @param primary whether it is the preview's first port; the others get {@code -name} where the pattern alone would
     *     give them the same host
     * @return lower case, without port; every part at most 63 characters
     */
    public String host(String label, String changeId, String portName, boolean primary) {
        int dot = host.indexOf('.');
        String first = host.substring(0, dot);
        boolean unique = first.contains("{label}") || first.contains("{preview}") || first.contains("{name}");
        String filled = first.replace("{label}", label)
                .replace("{preview}", label)
                .replace("{number}", changeId)
                .replace("{name}", portName);
        if (!unique && !primary) {
            filled = filled + "-" + portName;
        }
        String safe = filled.toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9-]+", "-")
                .replaceAll("^-+|-+$", "");
        if (safe.length() > MAX_LABEL) {
            // Cutting could make two previews one host; the hash of the whole keeps them apart.
            String hash = Integer.toString(safe.hashCode() & Integer.MAX_VALUE, 36);
            safe = safe.substring(0, MAX_LABEL - 1 - hash.length()) + "-" + hash;
        }
        return safe + host.substring(dot);
    }

    /** The address a viewer opens for a host of this pattern, with a trailing slash. */
    public URI url(String hostName) {
        return URI.create(scheme + "://" + hostName + (port < 0 ? "" : ":" + port) + "/");
    }

    /** {@code http} or {@code https}, as viewers see it. */
    public String scheme() {
        return scheme;
    }

    /** The domain the previews live under, e.g. {@code previews.example.net}. */
    public String domain() {
        return host.substring(host.indexOf('.') + 1);
    }

    /** Whether browsers take these hosts for trustworthy: https, or {@code localhost}. */
    public boolean trustworthy() {
        return "https".equals(scheme) || "localhost".equals(domain()) || domain().endsWith(".localhost");
    }

    /** Whether the hosts tell repositories apart. */
    public boolean tellsRepositoriesApart() {
        return host.contains("{label}") || host.contains("{preview}");
    }

    @Override
    public String toString() {
        return text;
    }
}
