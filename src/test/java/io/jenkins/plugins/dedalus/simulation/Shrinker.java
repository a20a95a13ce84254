package io.jenkins.plugins.dedalus.simulation;

import java.util.ArrayList;
import java.util.List;

/** Leaves out actions for as long as the same rule is still broken. */
final class Shrinker {
    private final String rule;

    private Shrinker(String rule) {
        this.rule = rule;
    }

    static Scenario shrink(Outcome failing) {
        Shrinker shrinker = new Shrinker(failing.violation().orElseThrow().rule());
        Scenario smallest = failing.scenario();
        for (int size = smallest.actions().size() / 2; size >= 1; size = size / 2) {
            smallest = shrinker.without(smallest, size);
        }
        return shrinker.without(smallest, 1);
    }

    private Scenario without(Scenario scenario, int size) {
        Scenario smallest = scenario;
        for (int from = smallest.actions().size() - size; from >= 0; from -= size) {
            if (from + size <= smallest.actions().size()) {
                List<Action> fewer = new ArrayList<>(smallest.actions());
                fewer.subList(from, from + size).clear();
                Scenario candidate = smallest.with(fewer);
                if (breaks(candidate)) {
                    smallest = candidate;
                }
            }
        }
        return smallest;
    }

    private boolean breaks(Scenario candidate) {
        return Simulator.play(candidate)
                .violation()
                .filter(violation -> violation.rule().equals(rule))
                .isPresent();
    }
}
