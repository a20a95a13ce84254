package io.jenkins.plugins.dedalus.client.call;

/** Who goes first once the API takes calls again after a rate limit. */
public enum Priority {
    /** Somebody waits for the answer. */
    INTERACTIVE,
    /** Looks whether something has changed; a moment later does as well. */
    BACKGROUND
}
