package io.jenkins.plugins.dedalus.simulation;

import java.time.Duration;

/** A rule that was broken, how, and when. */
record Violation(String rule, String what, Duration at) {
    @Override
    public String toString() {
        return Moments.of(at) + "  VIOLATION of \"" + rule + "\": " + what;
    }
}
