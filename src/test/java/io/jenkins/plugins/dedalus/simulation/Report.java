package io.jenkins.plugins.dedalus.simulation;

import java.util.StringJoiner;

/** What a person needs to understand a failing run. */
final class Report {
    private static final int LAST_LINES = 60;

    private Report() {}

    /** Shrinks it first. */
    static String of(Outcome failing) {
        Scenario smallest = Shrinker.shrink(failing);
        Outcome traced = Simulator.play(smallest, true);
        StringJoiner text = new StringJoiner("\n");
        text.add("seed " + smallest.seed() + " breaks a rule:");
        text.add(failing.violation().orElseThrow().toString());
        text.add("still so with " + smallest.actions().size() + " of "
                + failing.scenario().actions().size() + " actions:");
        smallest.actions().forEach(action -> text.add("  " + action));
        text.add(traced.violation().map(Violation::toString).orElse("(not when traced)"));
        int lines = traced.trace().size();
        text.add("its last moments:");
        traced.trace().subList(Math.max(0, lines - LAST_LINES), lines).forEach(line -> text.add("  " + line));
        return text.toString();
    }
}
