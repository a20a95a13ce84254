package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import io.jenkins.plugins.dedalus.preview.operation.Sleeping;
import io.jenkins.plugins.dedalus.preview.wake.WakeAdmission;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * No more machines of a ledger are awake than allowed: for one more the least recently viewed goes to sleep, unless somebody
 * uses it. A build doesn't wait; what it leaves awake too much is put to sleep afterwards. Thread-safe; holds no lock while
 * Dedalus is asked.
 */
final class AwakeRoom implements WakeAdmission {
    private static final Logger LOGGER = Logger.getLogger(AwakeRoom.class.getName());
    /** Who looked so recently still reads, or bytes pass. */
    private static final Duration IN_USE = Duration.ofSeconds(15);

    private static final Duration FALLING_ASLEEP = Duration.ofMillis(500);
    private static final Duration ALL_IN_USE = Duration.ofSeconds(3);
    /** How old a look may be. */
    private static final Duration AGE = Duration.ofSeconds(1);

    private final EngineContext parts;
    private final Predicate<PreviewKey> works;
    private final int most;
    /** Machines that were let wake, as canonical ids, with the moment when that was over; null while it is under way. */
    private final Map<String, Long> admitted = new HashMap<>();

    private volatile Look last;

    /** What was awake as of a moment of {@link EngineContext#nanos}. */
    private record Look(long begun, Load load) {}

    /** @param works whether an operation or a command runs on a preview's machine */
    AwakeRoom(EngineContext parts, Predicate<PreviewKey> works) {
        this.parts = parts;
        this.works = works;
        this.most = parts.settings().maxAwake();
    }

    @Override
    public Optional<Duration> admit(String machineId) {
        String id = MachineIds.canonical(machineId);
        Look look = look();
        Load load = look.load();
        synchronized (this) {
            // What ended before the look is in it.
            admitted.values().removeIf(ended -> ended != null && ended - look.begun() < 0);
            Set<String> all = new HashSet<>(admitted.keySet());
            all.addAll(load.all());
            if (all.contains(id) || all.size() < most) {
                admitted.put(id, null);
                return Optional.empty();
            }
            if (all.size() - load.leaving() < most) {
                return Optional.of(FALLING_ASLEEP);
            }
        }
        boolean falls = sleepOne(load);
        last = falls ? null : last;
        return Optional.of(falls ? FALLING_ASLEEP : ALL_IN_USE);
    }

    /** Many that wait together look together. */
    private Look look() {
        Look known = last;
        long now = parts.nanos();
        if (known != null && now - known.begun() < AGE.toNanos()) {
            return known;
        }
        Look fresh = new Look(now, look(parts.client().machines().listAll(EngineContext.urgent(null))));
        last = fresh;
        return fresh;
    }

    @Override
    public synchronized void ended(String machineId) {
        String id = MachineIds.canonical(machineId);
        if (admitted.containsKey(id)) {
            admitted.put(id, parts.nanos());
        }
    }

    /** Puts to sleep what is awake too much, one at a time. */
    void settle(List<Machine> machines) {
        Load load = look(machines);
        if (most > 0 && load.all().size() - load.leaving() > most) {
            sleepOne(load);
        }
    }

    /**
     * The machines of this ledger that are awake.
     *
     * @param all their canonical ids
     * @param leaving how many of them are falling asleep
     * @param running the previews of those that run
     */
    private record Load(Set<String> all, int leaving, List<PreviewRecord> running) {}

    private Load look(List<Machine> machines) {
        Map<String, MachinePhase> phases = new HashMap<>();
        machines.forEach(machine -> phases.put(MachineIds.canonical(machine.machineId()), machine.phase()));
        Set<String> all = new HashSet<>();
        int leaving = 0;
        List<PreviewRecord> running = new ArrayList<>();
        for (PreviewRecord record : parts.ledger().list()) {
            MachinePhase phase =
                    record.machineId() == null ? null : phases.get(MachineIds.canonical(record.machineId()));
            boolean runs = MachinePhase.RUNNING.equals(phase);
            boolean stops = MachinePhase.STOPPING.equals(phase);
            if (runs || stops || MachinePhase.STARTING.equals(phase)) {
                all.add(MachineIds.canonical(record.machineId()));
                leaving += stops ? 1 : 0;
                if (runs) {
                    running.add(record);
                }
            }
        }
        return new Load(all, leaving, running);
    }

    private boolean sleepOne(Load load) {
        List<PreviewRecord> unused = load.running().stream()
                .filter(record -> !isUsed(record))
                .sorted(Comparator.comparing(this::unviewed).reversed())
                .toList();
        for (PreviewRecord record : unused) {
            SleepOutcome outcome;
            try {
                outcome =
                        Sleeping.ask(parts, record, EngineContext.urgent(null)).outcome();
            } catch (RateLimitException e) {
                // The others would be refused too.
                throw e;
            } catch (DedalusException e) {
                LOGGER.log(
                        Level.WARNING,
                        "Preview {0} could not be put to sleep, so another one is: {1}",
                        new Object[] {record.key().id(), e.getMessage()});
                continue;
            }
            LOGGER.log(Level.FINE, "As many are awake as may be: {0}", outcome.sentence());
            if (outcome.asked()) {
                return true;
            }
        }
        return false;
    }

    private Duration unviewed(PreviewRecord record) {
        return parts.gate().viewedAgo(record.machineId()).orElse(ChronoUnit.FOREVER.getDuration());
    }

    private boolean isUsed(PreviewRecord record) {
        return parts.gate().usedWithin(record.machineId(), IN_USE)
                || record.operation() != null
                || record.unfinished() != null
                || works.test(record.key())
                || parts.gate().wakingSince(record.machineId()).isPresent();
    }
}
