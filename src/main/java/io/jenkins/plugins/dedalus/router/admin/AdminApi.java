package io.jenkins.plugins.dedalus.router.admin;

import java.io.IOException;

/** What answers below {@code /api/v1/}; called on a thread of its own, may block. */
@FunctionalInterface
public interface AdminApi {
    /**
     * Answers a call.
     *
     * @throws AdminException with a sentence for the caller
     * @throws IllegalArgumentException likewise, when the input can't be used
     * @throws IOException when the caller is gone
     */
    void handle(AdminCall call) throws IOException;
}
