package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;

/** One build of a change request. */
record Build(Subject subject, PreviewRequest request) {
    long order() {
        return request.order();
    }

    String commit() {
        return request.change().commit();
    }

    @Override
    public String toString() {
        return "build " + order() + " of " + subject + " (commit …" + commit().substring(34) + ")";
    }
}
