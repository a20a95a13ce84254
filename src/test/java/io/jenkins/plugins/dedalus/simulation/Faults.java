package io.jenkins.plugins.dedalus.simulation;

import java.time.Duration;
import java.util.List;

/** Draws what befalls each call: by a seed's own rates, and by outages that actions begin. */
final class Faults {
    private static final List<Double> RATES = List.of(0.0, 0.01, 0.03, 0.1);
    private static final List<Double> TRAVELS = List.of(0.0, 0.05, 0.2);
    private static final List<Fate.What> PLAIN = List.of(
            Fate.What.LOST_BEFORE,
            Fate.What.LOST_AFTER,
            Fate.What.ERROR_BEFORE,
            Fate.What.ERROR_AFTER,
            Fate.What.ERROR_BEFORE,
            Fate.What.LOST_AFTER,
            Fate.What.HANG_BEFORE,
            Fate.What.HANG_AFTER);

    private final VirtualTime time;
    private final Chance chance;
    private final double rate;
    private final double travel;
    private Duration outageUntil = Duration.ZERO;
    private Fate outage = Fate.FAIR;
    private Duration blackoutUntil = Duration.ZERO;
    private boolean off;

    Faults(VirtualTime time, Chance chance) {
        this.time = time;
        this.chance = chance;
        rate = chance.pick(RATES);
        travel = chance.pick(TRAVELS);
    }

    /** Nothing goes wrong from now on. */
    void end() {
        off = true;
    }

    /** For a while nothing works. */
    void outage(Chance drawn, Duration length) {
        outageUntil = time.elapsed().plus(length);
        if (drawn.of(0.2)) {
            // The key is withdrawn, or is another organisation's.
            outage = new Fate(Duration.ZERO, Fate.What.ERROR_BEFORE, drawn.of(0.5) ? 401 : 403, null);
            return;
        }
        outage = drawn.of(0.5)
                ? new Fate(Duration.ZERO, Fate.What.ERROR_BEFORE, 503, null)
                : new Fate(Duration.ZERO, drawn.pick(PLAIN), drawn.of(0.5) ? 500 : 502, null);
    }

    /** For a while there seems to be no machine. */
    void blackout(Duration length) {
        blackoutUntil = time.elapsed().plus(length);
    }

    Fate draw(ApiCall call) {
        if (off) {
            return Fate.FAIR;
        }
        Duration before = chance.of(travel) ? chance.seconds(0.01, chance.of(0.1) ? 30 : 2) : Duration.ZERO;
        if (time.elapsed().compareTo(outageUntil) < 0) {
            return outage.after(before);
        }
        if (time.elapsed().compareTo(blackoutUntil) < 0 && call.machineId() != null) {
            return new Fate(before, Fate.What.NOT_FOUND, 404, null);
        }
        if (!chance.of(rate)) {
            return Fate.FAIR.after(before);
        }
        if (chance.of(0.2)) {
            return new Fate(before, Fate.What.ERROR_BEFORE, 429, chance.seconds(0.2, 40));
        }
        return new Fate(before, chance.pick(PLAIN), chance.of(0.5) ? 500 : 503, null);
    }
}
