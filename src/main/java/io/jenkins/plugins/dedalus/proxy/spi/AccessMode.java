package io.jenkins.plugins.dedalus.proxy.spi;

/** Who may view a preview. The {@link Gatekeeper} decides; the data plane only carries the value. */
public enum AccessMode {
    /** Anyone who knows the host. */
    PUBLIC,
    /** One user name and password, checked against a bcrypt hash. */
    BASIC,
    /** Whoever may read the job in Jenkins, proven by a hand-over. */
    JENKINS
}
