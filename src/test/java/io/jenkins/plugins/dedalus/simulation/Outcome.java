package io.jenkins.plugins.dedalus.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param took in virtual time
 * @param calls of Dedalus' API
 * @param trace empty unless it was wanted
 */
record Outcome(Scenario scenario, Optional<Violation> violation, Duration took, int calls, List<String> trace) {
    boolean holds() {
        return violation.isEmpty();
    }
}
