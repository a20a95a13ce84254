package io.jenkins.plugins.dedalus.preview.model;

import java.util.Objects;

/**
 * Asks for a preview of one commit.
 *
 * @param key what the preview belongs to
 * @param spec what it is made of
 * @param change the change request
 * @param source how the code arrives; null means the scripts fetch it
 * @param secrets secret environment of the scripts; null means none
 * @param order newest wins: a higher order is newer, e.g. the build number. The same order again means the same request if
 *     commit, spec and source are the same too; otherwise the one that was asked for last counts as the newer
 * @param label the host label, one DNS label of at most 44 characters; null means {@code key.id()}
 */
public record PreviewRequest(
        PreviewKey key,
        PreviewSpec spec,
        ChangeContext change,
        Source source,
        SecretEnv secrets,
        long order,
        String label) {

    /** Fills the defaults; throws {@link IllegalArgumentException} when the label can't be part of a host name. */
    public PreviewRequest {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(change, "change");
        source = source == null ? new Source.Scripts() : source;
        secrets = secrets == null ? SecretEnv.none() : secrets;
        label = label == null ? key.id() : label;
        if (!label.matches("[a-z0-9]([a-z0-9-]{0,42}[a-z0-9])?") || label.contains("--")) {
            throw new IllegalArgumentException("label is '" + label
                    + "'; allowed are lower-case letters, digits and single dashes, at most 44 characters.");
        }
    }

    public PreviewRequest withOrder(long next) {
        return new PreviewRequest(key, spec, change, source, secrets, next, label);
    }
}
