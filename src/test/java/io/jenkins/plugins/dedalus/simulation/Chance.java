package io.jenkins.plugins.dedalus.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Seeded chance: the same seed draws the same. */
final class Chance {
    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    /** A stream of its own, so that what is drawn from it shifts nothing here. */
    Chance split() {
        return new Chance(random.nextLong());
    }

    boolean of(double probability) {
        return random.nextDouble() < probability;
    }

    /** 0 to {@code bound} - 1. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    long next() {
        return random.nextLong();
    }

    double fraction() {
        return random.nextDouble();
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    Duration between(Duration least, Duration most) {
        long span = most.minus(least).toMillis();
        return span <= 0 ? least : least.plusMillis(random.nextLong(span));
    }

    Duration seconds(double least, double most) {
        return Duration.ofMillis(Math.round((least + (most - least) * random.nextDouble()) * 1000));
    }
}
