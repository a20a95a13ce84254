package io.jenkins.plugins.dedalus.simulation;

import java.util.Optional;

/** The first violation ends a run. */
final class Verdict {
    private final VirtualTime time;
    private Violation first;

    Verdict(VirtualTime time) {
        this.time = time;
    }

    void broken(String rule, String what) {
        if (first == null) {
            first = new Violation(rule, what, time.elapsed());
        }
    }

    void require(boolean holds, String rule, String what) {
        if (!holds) {
            broken(rule, what);
        }
    }

    boolean guilty() {
        return first != null;
    }

    Optional<Violation> violation() {
        return Optional.ofNullable(first);
    }
}
