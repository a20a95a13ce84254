package io.jenkins.plugins.dedalus.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A run's seed, its previews and its actions. */
record Scenario(long seed, int previews, List<Action> actions) {
    /** Draws as many actions from a seed. */
    static Scenario of(long seed, int count) {
        Chance chance = new Chance(seed);
        int previews = 3 + chance.below(3);
        List<Action> actions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            actions.add(new Action(what(chance), chance.below(previews), pause(chance), chance.next()));
        }
        return new Scenario(seed, previews, List.copyOf(actions));
    }

    private static Action.What what(Chance chance) {
        int total = 0;
        for (Action.What what : Action.What.values()) {
            total += what.weight();
        }
        int drawn = chance.below(total);
        for (Action.What what : Action.What.values()) {
            drawn -= what.weight();
            if (drawn < 0) {
                return what;
            }
        }
        throw new IllegalStateException("weights don't add up");
    }

    private static Duration pause(Chance chance) {
        double kind = chance.fraction();
        if (kind < 0.45) {
            return chance.seconds(0, 8);
        }
        if (kind < 0.8) {
            return chance.seconds(8, 240);
        }
        return kind < 0.97 ? chance.seconds(240, 7_200) : chance.seconds(7_200, 260_000);
    }

    Scenario with(List<Action> fewer) {
        return new Scenario(seed, previews, List.copyOf(fewer));
    }
}
