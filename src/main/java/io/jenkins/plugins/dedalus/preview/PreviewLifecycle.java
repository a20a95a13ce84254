package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.NotFoundException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * How previews come, change, sleep, wake and go. One operation at a time per preview; every operation is idempotent, goes on
 * by itself without holding a thread, and after a restart goes on from where the ledger stands when it is asked for again.
 * Thread-safe.
 */
public final class PreviewLifecycle implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(PreviewLifecycle.class.getName());
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final EngineParts parts;
    private final EngineThreads own;
    private final Lanes lanes;
    private final Set<ExecOperation> commands = ConcurrentHashMap.newKeySet();

    private PreviewLifecycle(Builder from) {
        own = from.scheduler == null ? new EngineThreads("dedalus-preview", 8) : null;
        EngineScheduler scheduler = own == null ? from.scheduler : own;
        parts = new EngineParts(
                from.client,
                from.ledger,
                from.gate,
                from.probe == null ? new HttpReadinessProbe(scheduler) : from.probe,
                scheduler,
                from.settings,
                from.clock,
                from.publicUrl,
                from.seam);
        lanes = new Lanes(parts);
    }

    /** Starts a builder; client, ledger and gate are required. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Brings the preview to the request's commit: makes the machine or uses the preview's own, runs the scripts, starts the
     * app. The same order again joins, goes on with, or reports what that request did; a newer one interrupts an older.
     *
     * @return fails with {@link SupersededException}, {@link PreviewClosedException}, {@link ScriptFailedException},
     *     {@link QuotaException} or another {@link PreviewException}
     */
    public PreviewOperation ensure(PreviewRequest request, ProgressListener listener) {
        return lanes.use(request.key(), lane -> lane.ensure(request, listener));
    }

    /** Takes the preview down; an ensure under way ends. A preview that isn't known is down already. */
    public PreviewOperation teardown(PreviewKey key, Teardown teardown, ProgressListener listener) {
        return lanes.use(key, lane -> lane.teardown(teardown, listener));
    }

    /**
     * Takes an unconfirmed closing back, because the change request proved to be open. The machine goes on sleeping until
     * somebody looks.
     *
     * @return false if there is no such closing, or an operation is under way
     */
    public boolean reopen(PreviewKey key) {
        return lanes.use(key, Lane::reopen);
    }

    /**
     * Runs a command on the preview's machine, which wakes for it.
     *
     * @throws PreviewException when the preview has no machine
     */
    public ExecHandle exec(PreviewKey key, ExecRequest request, OutputListener listener) {
        PreviewRecord record = owner(key, "run a command on");
        ExecOperation command = new ExecOperation(parts, record, request, listener);
        commands.add(command);
        command.result().whenComplete((result, failure) -> commands.remove(command));
        command.begin();
        return command;
    }

    /** Wakes the preview's machine through the gate. Fails with {@link WakeFailedException}. */
    public CompletableFuture<Awake> wake(PreviewKey key) {
        try {
            PreviewRecord record = owner(key, "wake");
            ExposedPort main = record.mainPort();
            WakeTarget target = main == null ? null : record.wakeTarget(main.name());
            return parts.gate()
                    .wake(
                            target != null
                                    ? target
                                    : new WakeTarget(
                                            record.machineId(),
                                            record.autosleep().duration(),
                                            null,
                                            null,
                                            null,
                                            false));
        } catch (PreviewException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Puts the preview's machine to sleep; refused while an operation is under way. */
    public CompletableFuture<SleepOutcome> sleep(PreviewKey key) {
        return asynchronously(() -> {
            PreviewRecord record = owner(key, "put to sleep");
            Optional<PreviewOperation> running = running(key);
            if (running.isPresent()) {
                throw new PreviewException("Preview " + key.id() + " can't sleep now: it is "
                        + running.get().status() + ".");
            }
            return Sleeping.ask(parts, record.machineId(), EngineParts.options(null));
        });
    }

    /** What the ledger knows; no API call. */
    public Optional<PreviewRecord> status(PreviewKey key) {
        return parts.ledger().get(key);
    }

    /** What the ledger knows, and the machine's phase read from Dedalus. Empty if the preview isn't known. */
    public CompletableFuture<Optional<PreviewView>> view(PreviewKey key) {
        return asynchronously(() -> parts.ledger().get(key).map(this::look));
    }

    private PreviewView look(PreviewRecord record) {
        MachinePhase phase = null;
        if (record.machineId() != null) {
            try {
                phase = parts.client()
                        .machines()
                        .get(record.machineId(), EngineParts.options(null))
                        .phase();
            } catch (NotFoundException e) {
                phase = MachinePhase.DESTROYED;
            }
        }
        return new PreviewView(record, phase, parts.now());
    }

    /** The records of all previews that aren't closed; no API call. */
    public List<PreviewRecord> list() {
        return parts.ledger().list();
    }

    /** The records of previews that are closed, as long as they are remembered; no API call. */
    public List<PreviewRecord> closed() {
        return parts.ledger().closed();
    }

    /** The address that viewers get for an exposed port. */
    public String publicUrl(ExposedPort port) {
        return parts.publicUrl().apply(port);
    }

    /** Whether an operation or a command is under way in this process. */
    public boolean busy() {
        return !commands.isEmpty() || lanes.busy();
    }

    /** The operation under way for a preview in this process. */
    public Optional<PreviewOperation> running(PreviewKey key) {
        return lanes.current(key);
    }

    /**
     * The machines of which one may have been made by a preview's unanswered create, for {@link #resolveCreation}; none if
     * every create was answered.
     */
    public CompletableFuture<List<Machine>> candidates(PreviewKey key) {
        return asynchronously(() -> parts.ledger()
                .get(key)
                .map(PreviewRecord::creation)
                .map(intent -> Creation.candidates(parts, intent, EngineParts.options(null)))
                .orElse(List.of()));
    }

    /**
     * Says which machine an unanswered create of an expired key made, after a person looked.
     *
     * @param machineId one of the {@link #candidates}; null if the create made none
     * @return fails with {@link PreviewException} when nothing is unanswered, an operation is under way, or the machine is
     *     none of the candidates
     */
    public CompletableFuture<PreviewRecord> resolveCreation(PreviewKey key, String machineId) {
        CompletableFuture<List<Machine>> candidates =
                machineId == null ? CompletableFuture.completedFuture(List.of()) : candidates(key);
        return candidates.thenApply(machines -> {
            boolean done = lanes.use(key, lane -> lane.idle(() -> adopt(key, machineId, machines)));
            if (!done) {
                throw new PreviewException(
                        "Preview " + key.id() + " is being worked on; try again when that has ended.");
            }
            return parts.ledger().get(key).orElseThrow();
        });
    }

    /** One at a time over all previews: two may ask for the same machine, and both lists held it. */
    private synchronized void adopt(PreviewKey key, String machineId, List<Machine> candidates) {
        PreviewRecord record = parts.ledger().get(key).orElse(null);
        if (record == null || record.creation() == null) {
            throw new PreviewException("Preview " + key.id() + " has no unanswered create.");
        }
        if (machineId != null
                && candidates.stream().noneMatch(machine -> machine.machineId().equals(machineId))) {
            throw new PreviewException("Machine " + machineId + " can't be that of preview " + key.id()
                    + ": it is another preview's, of another size, older than the create, or gone. Candidates: "
                    + (candidates.isEmpty()
                            ? "none"
                            : candidates.stream().map(Machine::machineId).collect(Collectors.joining(", ")))
                    + ".");
        }
        if (machineId != null && parts.ledger().machines().contains(machineId)) {
            throw new PreviewException("Machine " + machineId + " belongs to a preview already.");
        }
        MachineIntent made = record.creation();
        MachineInfo adopted = machineId == null
                ? record.machine()
                : new MachineInfo(
                        machineId, made.vcpu(), made.memoryMib(), made.storageGib(), made.autosleep(), parts.now());
        parts.ledger()
                .put(record.toBuilder()
                        .machine(adopted)
                        .creation(null)
                        .problem(null)
                        .updatedAt(parts.now())
                        .build());
    }

    EngineParts parts() {
        return parts;
    }

    Lanes lanes() {
        return lanes;
    }

    /** Stops all operations where they stand; the ledger keeps them for the next start. Takes 5 s at most. */
    @Override
    public void close() {
        commands.forEach(ExecOperation::halt);
        try {
            lanes.halt().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.log(Level.WARNING, "An operation did not stop in time; the ledger keeps where it stood.", e);
        }
        if (own != null) {
            own.close();
        }
    }

    private PreviewRecord owner(PreviewKey key, String what) {
        PreviewRecord record = parts.ledger()
                .get(key)
                .orElseThrow(() -> new PreviewException(
                        "Can't " + what + " preview " + key.id() + ": there is none. Build the change request first."));
        if (record.down()) {
            throw new PreviewClosedException("Can't " + what + " preview " + key.id() + ": it was taken down"
                    + (record.closing() == null ? "" : " (" + record.closing().reason() + ")")
                    + ".");
        }
        if (record.machineId() == null) {
            throw new PreviewException("Can't " + what + " preview " + key.id() + ": it has no machine"
                    + (record.problem() == null ? "." : ". " + record.problem()));
        }
        return record;
    }

    private <T> CompletableFuture<T> asynchronously(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, parts.scheduler());
    }

    /** What a lifecycle is made of. */
    public static final class Builder {
        private DedalusClient client;
        private PreviewLedger ledger;
        private WakeGate gate;
        private ReadinessProbe probe;
        private EngineScheduler scheduler;
        private LifecycleSettings settings = LifecycleSettings.DEFAULT;
        private Clock clock = Clock.systemUTC();
        private Function<ExposedPort, String> publicUrl = ExposedPort::url;
        private CrashSeam seam = CrashSeam.NONE;

        private Builder() {}

        /** Sets the API client. */
        public Builder client(DedalusClient value) {
            this.client = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the ledger; must be its owner. */
        public Builder ledger(PreviewLedger value) {
            this.ledger = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the wake gate shared with the proxy. */
        public Builder gate(WakeGate value) {
            this.gate = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the pool; without one the lifecycle makes its own. */
        public Builder scheduler(EngineScheduler value) {
            this.scheduler = Objects.requireNonNull(value);
            return this;
        }

        /** Sets how a preview URL is asked whether it answers; by default an HTTP request of the engine's own. */
        public Builder probe(ReadinessProbe value) {
            this.probe = Objects.requireNonNull(value);
            return this;
        }

        /** Sets pauses and limits. */
        public Builder settings(LifecycleSettings value) {
            this.settings = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the clock. */
        public Builder clock(Clock value) {
            this.clock = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Sets the address that viewers and scripts (PREVIEW_URL) get for an exposed port: the preview host's where there is
         * one; by default the Dedalus URL.
         */
        public Builder publicUrl(Function<ExposedPort, String> value) {
            this.publicUrl = Objects.requireNonNull(value);
            return this;
        }

        Builder seam(CrashSeam value) {
            this.seam = Objects.requireNonNull(value);
            return this;
        }

        /** Makes the lifecycle. */
        public PreviewLifecycle build() {
            Objects.requireNonNull(client, "client");
            Objects.requireNonNull(ledger, "ledger");
            Objects.requireNonNull(gate, "gate");
            return new PreviewLifecycle(this);
        }
    }
}
