package io.jenkins.plugins.dedalus.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The faults that wait to happen. Thread-safe. */
public final class FaultControl {
    /** A fault that waits. */
    public record Armed(long id, int timesLeft, Fault fault) {}

    private final List<Armed> armed = new ArrayList<>();
    private long last;
    private long clears;

    /** Arms a fault; returns its id. */
    public synchronized long add(Fault fault) {
        armed.add(new Armed(++last, fault.times(), fault));
        return last;
    }

    /** Disarms one; false if there is none of that id. What it holds up goes on. */
    public synchronized boolean remove(long id) {
        clears++;
        return armed.removeIf(one -> one.id() == id);
    }

    /** Disarms all. What they hold up goes on. */
    public synchronized void clear() {
        armed.clear();
        clears++;
    }

    /** How often something was disarmed: what a fault holds up goes on when this changes. */
    public synchronized long clears() {
        return clears;
    }

    /** What is armed, oldest first. */
    public synchronized List<Armed> list() {
        return List.copyOf(armed);
    }

    /** The oldest fault of a kind on a machine, which has then happened once more. */
    public Optional<Fault> take(Fault.Kind kind, String machineId) {
        return take(fault -> fault.kind() == kind && fault.concerns(machineId));
    }

    /** The oldest fault that satisfies the test, which has then happened once more. */
    public synchronized Optional<Fault> take(Predicate<Fault> test) {
        for (int i = 0; i < armed.size(); i++) {
            Armed one = armed.get(i);
            if (test.test(one.fault())) {
                if (one.timesLeft() > 1) {
                    armed.set(i, new Armed(one.id(), one.timesLeft() - 1, one.fault()));
                } else if (one.timesLeft() >= 0) {
                    armed.remove(i);
                }
                return Optional.of(one.fault());
            }
        }
        return Optional.empty();
    }

    /** The oldest fault that satisfies the test, without its having happened. */
    public synchronized Optional<Fault> peek(Predicate<Fault> test) {
        return armed.stream().map(Armed::fault).filter(test).findFirst();
    }
}
