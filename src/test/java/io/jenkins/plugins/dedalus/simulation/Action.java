package io.jenkins.plugins.dedalus.simulation;

import java.time.Duration;
import java.util.Locale;

/**
 * One thing that somebody or something does.
 *
 * @param what it is
 * @param preview whom it concerns, counted from 0
 * @param after how long after the action before it
 * @param seed of what it draws itself, so that leaving out another action changes nothing about this one
 */
record Action(What what, int preview, Duration after, long seed) {
    /** What can be done. */
    enum What {
        ENSURE_NEW(14),
        ENSURE_SAME(4),
        ENSURE_OLDER(2),
        ENSURE_OTHER_COMMIT(2),
        TEARDOWN_NOW(3),
        TEARDOWN_WITH_GRACE(3),
        TEARDOWN_UNCONFIRMED(3),
        REOPEN(3),
        PIN(1),
        UNPIN(1),
        EXTEND(1),
        WAKE(5),
        SLEEP(4),
        EXEC(4),
        CANCEL(4),
        RECONCILE(8),
        ADOPT(2),
        DESTROY_MACHINE(1),
        MACHINE_FAULT(4),
        OUTAGE(2),
        DISK_FAULT(2),
        CLOCK_JUMP(2),
        KEY_CHANGE(1),
        BLACKOUT(1),
        RESTART(2),
        DOWNGRADE(1),
        CRASH(5);

        private final int weight;

        What(int weight) {
            this.weight = weight;
        }

        int weight() {
            return weight;
        }
    }

    @Override
    public String toString() {
        return "+" + Moments.of(after) + "  "
                + what.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", preview " + preview;
    }
}
