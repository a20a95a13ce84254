package io.jenkins.plugins.dedalus.preview;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that shows the time of day, as far as a test does not set it wrong. */
public final class MutableClock extends Clock {
    private final TestTime time;
    private volatile Duration ahead = Duration.ZERO;

    MutableClock() {
        this(new TestTime());
    }

    public MutableClock(TestTime time) {
        this.time = time;
    }

    /** Sets this clock, and no other, ahead or, if negative, back. */
    public void advance(Duration by) {
        ahead = ahead.plus(by);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(time.passed()).plus(ahead);
    }
}
