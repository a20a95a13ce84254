package io.jenkins.plugins.dedalus.emulator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The faults that wait to happen. Thread-safe. */
public final class FaultControl {
    private static final class Armed {
        private final Fault fault;
        private int left;

        private Armed(Fault fault) {
            this.fault = fault;
            this.left = fault.times();
        }
    }

    private final List<Armed> armed = new ArrayList<>();

    /** Arms a fault. */
    public synchronized void add(Fault fault) {
        armed.add(new Armed(fault));
    }

    /** Disarms all. */
    public synchronized void clear() {
        armed.clear();
    }

    Optional<Fault> take(Fault.Kind kind) {
        return take(kind, null, null);
    }

    synchronized Optional<Fault> take(Fault.Kind kind, String method, String path) {
        for (Iterator<Armed> i = armed.iterator(); i.hasNext(); ) {
            Armed next = i.next();
            Fault fault = next.fault;
            boolean fits = fault.kind() == kind
                    && (fault.method() == null || fault.method().equals(method))
                    && (fault.path() == null || path != null && path.matches(fault.path()));
            if (fits) {
                if (next.left > 0 && --next.left == 0) {
                    i.remove();
                }
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}
