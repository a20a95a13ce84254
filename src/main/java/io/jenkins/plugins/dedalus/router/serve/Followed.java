package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.proxy.access.Authority;
import io.jenkins.plugins.dedalus.proxy.access.revocation.Revocations;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;

/** The previews of somebody else, and who knows their viewers. */
interface Followed extends AutoCloseable {
    /** Their routes. */
    Directory directory();

    /** Who knows the viewers, where access is by Jenkins; throws {@link StartException}. */
    Authority authority();

    /** What was withdrawn of their share links. */
    Revocations revocations();

    /** Sets what runs after every change; must not wait. */
    void listener(Runnable changed);

    /** Begins to follow. */
    void start();

    /** Whether anything is known; until then nobody can be served. */
    boolean loaded();

    /** For readiness and logs. */
    String describe();

    /** Stops following; what is known stays. */
    @Override
    void close();
}
