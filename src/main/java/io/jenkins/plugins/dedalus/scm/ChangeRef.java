package io.jenkins.plugins.dedalus.scm;

import io.jenkins.plugins.dedalus.preview.model.PreviewKey;

/**
 * A change request. May have several previews.
 *
 * @param repository its base repository, normalised as in {@link PreviewKey}
 * @param changeId its number as text
 */
public record ChangeRef(String repository, String changeId) {
    /** The change request that a preview is for. */
    public static ChangeRef of(PreviewKey key) {
        return new ChangeRef(key.repository(), key.changeId());
    }

    /** For people: {@code #12 of github.com/acme/shop}. */
    public String describe() {
        return "#" + changeId + " of " + repository;
    }
}
