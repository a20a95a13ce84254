package io.jenkins.plugins.dedalus.preview.model;

import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;

/**
 * A port of the app and its preview URL.
 *
 * @param name the port's name in the spec, e.g. {@code web}
 * @param port the port inside the machine
 * @param label the host label: the preview's for the first port, {@code <label>--<name>} for the others
 * @param previewId Dedalus' id; null while it is being made
 * @param url the Dedalus URL; null until ready
 * @param protocol what the app speaks there
 * @param visibility who may open the Dedalus URL
 */
public record ExposedPort(
        String name, int port, String label, String previewId, String url, Protocol protocol, Visibility visibility) {

    /** The same port of a machine that is not there. */
    public ExposedPort unreachable() {
        return new ExposedPort(name, port, label, null, null, protocol, visibility);
    }
}
