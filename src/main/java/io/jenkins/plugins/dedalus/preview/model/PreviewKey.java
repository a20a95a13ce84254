package io.jenkins.plugins.dedalus.preview.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a preview belongs to: a change request of a repository, and a name where one change request has several previews.
 * Survives renamed jobs and moved folders, because it names none. A value; no record, because it remembers its id.
 */
public final class PreviewKey {
    /** The name of a change request's only preview. */
    public static final String DEFAULT_NAME = "default";

    private static final int HASH_CHARS = 4;
    private static final int READABLE_CHARS = 39;
    private static final String HASH_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

    /** Hosts that take a repository's name in any case, and lead from the old one to the new. */
    private static final Set<String> ANY_CASE = Set.of("github.com", "gitlab.com", "bitbucket.org");

    /** What https, http, ssh and git listen at unless told otherwise. */
    private static final Pattern USUAL_PORT = Pattern.compile("^([^/]*):(?:443|80|22|9418)(?=/|$)");

    private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*://");
    private static final Pattern SCP_LIKE = Pattern.compile("^(?:[^@/]+@)?([^:/]+):(?!\\d+/)(.+)$");

    private final String repository;
    private final String changeId;
    private final String name;
    /** Hashed when first asked for: lists are sorted by it. Whoever comes at the same moment makes the same one. */
    private String id;

    /**
     * Normalises the repository; throws {@link IllegalArgumentException} naming the field that is empty.
     *
     * @param repository any spelling of its address
     * @param changeId the change request's number as text, e.g. {@code "123"}
     * @param name null or blank unless a change request has several previews
     */
    @JsonCreator
    public PreviewKey(
            @JsonProperty("repository") String repository,
            @JsonProperty("changeId") String changeId,
            @JsonProperty("name") String name) {
        this.repository = normaliseRepository(repository);
        this.changeId = require("changeId", changeId, "the change request's number, e.g. 123");
        this.name = name == null || name.isBlank() ? DEFAULT_NAME : name.trim();
    }

    /**
     * The repository, normalised as {@code host/owner/name}: lower-case host, no scheme, no user, no usual port, no
     * {@code .git}; all in lower case where the host ignores case.
     */
    @JsonProperty
    public String repository() {
        return repository;
    }

    /** The change request's number as text, e.g. {@code "123"}. */
    @JsonProperty
    public String changeId() {
        return changeId;
    }

    /** {@code "default"} unless a change request has several previews. */
    @JsonProperty
    public String name() {
        return name;
    }

    /** The only preview of a change request. */
    public static PreviewKey of(String repository, String changeId) {
        return new PreviewKey(repository, changeId, DEFAULT_NAME);
    }

    /**
     * Brings any spelling of a repository's address to {@code host/owner/name}.
     *
     * @param repository an https, ssh or scp-like address, or the normalised form itself; a local path stays a path
     */
    public static String normaliseRepository(String repository) {
        String text = require("repository", repository, "host/owner/name or a clone URL");
        boolean hadScheme = SCHEME.matcher(text).find();
        var scp = SCP_LIKE.matcher(text);
        if (hadScheme) {
            text = SCHEME.matcher(text).replaceFirst("");
        } else if (scp.matches()) {
            text = scp.group(1) + "/" + scp.group(2);
        }
        int firstSlash = text.indexOf('/');
        int at = text.lastIndexOf('@', firstSlash < 0 ? text.length() : firstSlash);
        if (at >= 0) {
            text = text.substring(at + 1);
        }
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '/') {
            end--;
        }
        text = text.substring(0, end);
        if (text.endsWith(".git")) {
            text = text.substring(0, text.length() - ".git".length());
        }
        text = USUAL_PORT.matcher(text).replaceFirst("$1");
        firstSlash = text.indexOf('/');
        if (firstSlash < 0) {
            return text.toLowerCase(Locale.ROOT);
        }
        String host = text.substring(0, firstSlash).toLowerCase(Locale.ROOT);
        String path = text.substring(firstSlash);
        return host + (ANY_CASE.contains(host) ? path.toLowerCase(Locale.ROOT) : path);
    }

    /**
     * A stable label, safe as a file name and as one DNS label of at most 44 characters, e.g. {@code pr-123-shop-x7f2}. The
     * last part is a hash of the whole key, so two repositories of one name differ.
     */
    public String id() {
        String known = id;
        if (known == null) {
            known = id(repository, changeId, name);
            id = known;
        }
        return known;
    }

    /** As {@link #id} of a key whose repository was normalised by another version. */
    public static String id(String repository, String changeId, String name) {
        StringBuilder readable = new StringBuilder("pr-").append(slug(changeId));
        String repositoryName = slug(repository.substring(repository.lastIndexOf('/') + 1));
        if (!repositoryName.isEmpty()) {
            readable.append('-').append(repositoryName);
        }
        if (!DEFAULT_NAME.equals(name)) {
            readable.append('-').append(slug(name));
        }
        String cut = readable.length() > READABLE_CHARS ? readable.substring(0, READABLE_CHARS) : readable.toString();
        return slug(cut) + "-" + hash(repository + "\n" + changeId + "\n" + name);
    }

    /** For people: {@code #123 of github.com/acme/shop}, with the name if it is not the default. */
    public String describe() {
        String what = "#" + changeId + " of " + repository;
        return DEFAULT_NAME.equals(name) ? what : what + " (" + name + ")";
    }

    private static String hash(String whole) {
        byte[] digest = Sha256.of(whole);
        StringBuilder out = new StringBuilder(HASH_CHARS);
        for (int i = 0; i < HASH_CHARS; i++) {
            out.append(HASH_ALPHABET.charAt(digest[i] & 31));
        }
        return out.toString();
    }

    private static String slug(String text) {
        StringBuilder label = new StringBuilder(text.length());
        boolean gap = false;
        for (char c : text.toLowerCase(Locale.ROOT).toCharArray()) {
            if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
                if (gap && !label.isEmpty()) {
                    label.append('-');
                }
                label.append(c);
                gap = false;
            } else {
                gap = true;
            }
        }
        return label.toString();
    }

    private static String require(String field, String value, String allowed) {
        Objects.requireNonNull(value, field);
        if (value.isBlank()) {
            throw new IllegalArgumentException("Preview key: " + field + " is empty; give " + allowed + ".");
        }
        return value.trim();
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof PreviewKey that
                        && changeId.equals(that.changeId)
                        && name.equals(that.name)
                        && repository.equals(that.repository);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * repository.hashCode() + changeId.hashCode()) + name.hashCode();
    }

    @Override
    public String toString() {
        return id() + " [" + describe() + "]";
    }
}
