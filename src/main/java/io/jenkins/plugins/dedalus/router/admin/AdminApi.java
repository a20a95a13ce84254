package io.jenkins.plugins.dedalus.router.admin;

/** What answers below {@code /api/v1/}; called on one of a few threads, may block for a short while. */
@FunctionalInterface
public interface AdminApi {
    /**
     * Answers a call, or starts a stream that goes on by itself.
     *
     * @throws AdminException with a sentence for the caller
     * @throws IllegalArgumentException likewise, when the input can't be used
     */
    void handle(AdminCall call);
}
