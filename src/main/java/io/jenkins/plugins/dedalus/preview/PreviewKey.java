package io.jenkins.plugins.dedalus.preview;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a preview belongs to: a change request of a repository, and a name where one change request has several previews.
 * Survives renamed jobs and moved folders, because it names none.
 *
 * @param repository normalised as {@code host/owner/name}: lower-case host, no scheme, no user, no {@code .git}
 * @param changeId the change request's number as text, e.g. {@code "123"}
 * @param name {@code "default"} unless a change request has several previews
 */
public record PreviewKey(String repository, String changeId, String name) {
    /** The name of a change request's only preview. */
    public static final String DEFAULT_NAME = "default";

    private static final int HASH_CHARS = 4;
    private static final int READABLE_CHARS = 39;
    private static final String HASH_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*://");
    private static final Pattern SCP_LIKE = Pattern.compile("^(?:[^@/]+@)?([^:/]+):(?!\\d+/)(.+)$");

    /** Normalises the repository; throws {@link IllegalArgumentException} naming the field that is empty. */
    public PreviewKey {
        repository = normaliseRepository(repository);
        changeId = require("changeId", changeId, "the change request's number, e.g. 123");
        name = name == null || name.isBlank() ? DEFAULT_NAME : name.trim();
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
        firstSlash = text.indexOf('/');
        return firstSlash < 0
                ? text.toLowerCase(Locale.ROOT)
                : text.substring(0, firstSlash).toLowerCase(Locale.ROOT) + text.substring(firstSlash);
    }

    /**
     * A stable label, safe as a file name and as one DNS label of at most 44 characters, e.g. {@code pr-123-shop-x7f2}. The
     * last part is a hash of the whole key, so two repositories of one name differ.
     */
    public String id() {
        StringBuilder readable = new StringBuilder("pr-").append(slug(changeId));
        String repositoryName = slug(repository.substring(repository.lastIndexOf('/') + 1));
        if (!repositoryName.isEmpty()) {
            readable.append('-').append(repositoryName);
        }
        if (!DEFAULT_NAME.equals(name)) {
            readable.append('-').append(slug(name));
        }
        String cut = readable.length() > READABLE_CHARS ? readable.substring(0, READABLE_CHARS) : readable.toString();
        return slug(cut) + "-" + hash();
    }

    /** For people: {@code #123 of github.com/acme/shop}, with the name if it is not the default. */
    public String describe() {
        String what = "#" + changeId + " of " + repository;
        return DEFAULT_NAME.equals(name) ? what : what + " (" + name + ")";
    }

    private String hash() {
        byte[] digest = Sha256.of(repository + "\n" + changeId + "\n" + name);
        StringBuilder out = new StringBuilder(HASH_CHARS);
        for (int i = 0; i < HASH_CHARS; i++) {
            out.append(HASH_ALPHABET.charAt(digest[i] & 31));
        }
        return out.toString();
    }

    private static String slug(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    }

    private static String require(String field, String value, String allowed) {
        Objects.requireNonNull(value, field);
        if (value.isBlank()) {
            throw new IllegalArgumentException("Preview key: " + field + " is empty; give " + allowed + ".");
        }
        return value.trim();
    }

    @Override
    public String toString() {
        return id() + " [" + describe() + "]";
    }
}
