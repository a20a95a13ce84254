package io.jenkins.plugins.dedalus.simulation;

import java.time.Duration;
import java.util.Locale;

/** How moments of a run are written. */
final class Moments {
    private Moments() {}

    static String of(Duration elapsed) {
        return String.format(
                Locale.ROOT,
                "%dd %02d:%02d:%02d.%03d",
                elapsed.toDays(),
                elapsed.toHoursPart(),
                elapsed.toMinutesPart(),
                elapsed.toSecondsPart(),
                elapsed.toMillisPart());
    }
}
