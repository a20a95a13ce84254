package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.command.LogRequest;
import io.jenkins.plugins.dedalus.preview.command.OutputListener;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.error.PreviewClosedException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.QuotaException;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.error.SupersededException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import io.jenkins.plugins.dedalus.preview.operation.ExecOperation;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.operation.Unclaimed;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How previews come, change, sleep, wake and go. One operation at a time per preview; every operation is idempotent, goes on
 * by itself without holding a thread, and after a restart goes on from where the ledger stands when it is asked for again.
 * Thread-safe.
 */
public final class PreviewLifecycle implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger(PreviewLifecycle.class.getName());
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final EngineContext parts;
    private final EngineThreads own;
    private final OperationQueues queues;
    private final Bedtime bedtime;
    private final AwakeRoom awake;
    private final Adoption adoption;
    private final PatientCalls calls;
    private final Orphans orphans;
    private final Lifetimes lifetimes;
    private final Set<ExecOperation> commands = ConcurrentHashMap.newKeySet();

    /** @param own threads that end with this; null if they are others' */
    PreviewLifecycle(EngineContext parts, EngineThreads own) {
        this.parts = parts;
        this.own = own;
        queues = new OperationQueues(parts);
        parts.line().evictor((closed, why) -> queues.use(closed.key(), queue -> queue.evict(closed, why)));
        bedtime = new Bedtime(parts, queues);
        awake = new AwakeRoom(parts, this::works);
        if (parts.settings().maxAwake() > 0) {
            parts.gate().admission(awake);
        }
        adoption = new Adoption(parts);
        calls = new PatientCalls(parts.scheduler());
        orphans = new Orphans(parts.ledger());
        lifetimes = new Lifetimes(parts, queues, calls);
    }

    /** Starts a builder; client, ledger and gate are required. */
    public static LifecycleBuilder builder() {
        return new LifecycleBuilder();
    }

    /**
     * Brings the preview to the request's commit: makes the machine or uses the preview's own, runs the scripts, starts the
     * app. The same request again joins, goes on with, or reports what that request did; a newer one interrupts an older, and one
     * of the same order for something else counts as newer.
     *
     * @return fails with {@link SupersededException}, {@link PreviewClosedException}, {@link ScriptFailedException},
     *     {@link QuotaException} or another {@link PreviewException}
     */
    public PreviewOperation ensure(PreviewRequest request, ProgressListener listener) {
        return queues.use(request.key(), queue -> queue.ensure(request, listener));
    }

    /**
     * As {@link #ensure}, for who has no order to tell: what a restart interrupted goes on if it is asked for again, anything
     * else is newer than all that was asked for before, whatever the clock says.
     *
     * @param request its order counts only while the preview isn't known
     */
    public PreviewOperation ensureNewest(PreviewRequest request, ProgressListener listener) {
        return queues.use(request.key(), queue -> queue.newest(request, listener));
    }

    /** Takes the preview down; an ensure under way ends. A preview that isn't known is down already. */
    public PreviewOperation teardown(PreviewKey key, Teardown teardown, ProgressListener listener) {
        return queues.use(key, queue -> queue.teardown(teardown, listener));
    }

    /**
     * Takes an unconfirmed closing back, because the change request proved to be open. The machine goes on sleeping until
     * somebody looks.
     *
     * @return false if there is no such closing, or an operation is under way
     */
    public boolean reopen(PreviewKey key) {
        return queues.use(key, OperationQueue::reopen);
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

    /**
     * Prints a log of the preview. One that lies on the machine wakes it; a script's output does not.
     *
     * @return its exit code is 0 unless the machine has no such log; fails with {@link PreviewException} where Dedalus keeps no
     *     output of such a script
     */
    public ExecHandle logs(PreviewKey key, LogRequest request, OutputListener listener) {
        if (request.script() == null) {
            return exec(key, request.command(), listener);
        }
        ScriptWatch watch = new ScriptWatch(parts, owner(key, "read a log of"), request, listener);
        watch.begin();
        return watch;
    }

    /**
     * Deletes the data of the preview's services and deploys again what was deployed last, on the same machine and at the same
     * address.
     *
     * @return fails with {@link ScriptFailedException} or another {@link PreviewException}
     */
    public PreviewOperation reset(PreviewKey key, ProgressListener listener) {
        owner(key, "reset");
        return queues.use(key, queue -> queue.reset(listener));
    }

    /** Wakes the preview's machine through the gate. Fails with {@link WakeFailedException}. */
    public CompletableFuture<Awake> wake(PreviewKey key) {
        try {
            PreviewRecord record = owner(key, "wake");
            ExposedPort main = record.mainPort();
            WakeTarget served = main == null ? null : record.wakeTarget(main.name());
            Duration autosleep = record.autosleep().duration();
            CompletableFuture<Awake> wake =
                    parts.gate().wake(served != null ? served : WakeTarget.ofMachine(record.machineId(), autosleep));
            wake.thenRunAsync(() -> lifetimes.seen(key), parts.scheduler());
            return wake;
        } catch (PreviewException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** How long previews stay that nobody looks at. */
    public Lifetimes lifetimes() {
        return lifetimes;
    }

    /**
     * Puts the preview's machine to sleep; refused while an operation is under way. If Dedalus refuses it for the moment, it is
     * asked again until the machine sleeps, somebody wakes it or a build uses it.
     */
    public CompletableFuture<SleepOutcome> sleep(PreviewKey key) {
        RequestOptions options = EngineContext.urgent(null).withIdempotencyKey(IdempotencyKeys.next(parts.now()));
        return calls.run(() -> {
            PreviewRecord record = owner(key, "put to sleep");
            Optional<PreviewOperation> running = running(key);
            if (running.isPresent()) {
                throw new PreviewException("Preview " + key.id() + " can't sleep now: it is "
                        + running.get().status() + ".");
            }
            return bedtime.ask(record, options);
        });
    }

    /** What the ledger knows; no API call. */
    public Optional<PreviewRecord> status(PreviewKey key) {
        return parts.ledger().get(key);
    }

    /** What the ledger knows, and the machine's phase read from Dedalus. Empty if the preview isn't known. */
    public CompletableFuture<Optional<PreviewView>> view(PreviewKey key) {
        return calls.run(() -> parts.ledger().get(key).map(this::look));
    }

    private PreviewView look(PreviewRecord record) {
        MachinePhase phase = null;
        if (record.machineId() != null) {
            try {
                phase = parts.whereabouts()
                        .read(record.machineId(), EngineContext.urgent(null))
                        .map(Machine::phase)
                        .orElse(MachinePhase.DESTROYED);
            } catch (PreviewException e) {
                LOGGER.log(Level.FINE, "The phase stays unknown.", e);
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

    /**
     * Sentences about those of the account's machines that no preview here owns; no API call.
     *
     * @param machines all of the account, listed before this is called
     */
    public List<String> orphans(List<Machine> machines) {
        return orphans.among(machines).stream().map(Orphans::sentence).toList();
    }

    /** How many machines of the account no preview here owned when the reconciler looked last; 0 before. */
    public int orphanCount() {
        return orphans.count();
    }

    Orphans orphans() {
        return orphans;
    }

    /** The address that viewers get for an exposed port. */
    public String publicUrl(ExposedPort port) {
        return parts.publicUrl().apply(port);
    }

    /** Whether an operation or a command is under way in this process. */
    public boolean busy() {
        return !commands.isEmpty() || queues.busy();
    }

    private boolean works(PreviewKey key) {
        return running(key).isPresent()
                || commands.stream().anyMatch(command -> command.key().equals(key));
    }

    AwakeRoom awake() {
        return awake;
    }

    /** The operation under way for a preview in this process. */
    public Optional<PreviewOperation> running(PreviewKey key) {
        return queues.current(key);
    }

    /**
     * The machines of which one may have been made by a preview's unanswered create, for {@link #resolveCreation}; none if
     * every create was answered.
     */
    public CompletableFuture<List<Machine>> candidates(PreviewKey key) {
        return calls.run(() -> parts.ledger()
                .get(key)
                .map(PreviewRecord::creation)
                .map(intent -> Unclaimed.find(parts, key, intent, EngineContext.urgent(null))
                        .machines())
                .orElse(List.of()));
    }

    /**
     * Says which machine an unanswered create made, after a person looked.
     *
     * @param machineId one of the {@link #candidates}; null if the create made none
     * @return fails with {@link PreviewException} when nothing is unanswered, an operation is under way, or the machine is
     *     none of the candidates
     */
    public CompletableFuture<PreviewRecord> resolveCreation(PreviewKey key, String machineId) {
        CompletableFuture<List<Machine>> candidates =
                machineId == null ? CompletableFuture.completedFuture(List.of()) : candidates(key);
        return candidates.thenApply(machines -> {
            boolean done = queues.use(key, queue -> queue.idle(() -> adoption.adopt(key, machineId, machines)));
            if (!done) {
                throw new PreviewException(
                        "Preview " + key.id() + " is being worked on; try again when that has ended.");
            }
            return parts.ledger().get(key).orElseThrow();
        });
    }

    /**
     * A person says that the API key in use belongs to the account of the ledger's machines, though none of them is found with
     * it any more. Without that nothing counts as deleted after the key has changed.
     */
    public CompletableFuture<Void> trustKey() {
        return calls.run(() -> {
            parts.whereabouts().trust(EngineContext.urgent(null));
            return null;
        });
    }

    EngineContext parts() {
        return parts;
    }

    OperationQueues queues() {
        return queues;
    }

    PatientCalls calls() {
        return calls;
    }

    /** Stops all operations where they stand; the ledger keeps them for the next start. Takes 5 s at most. */
    @Override
    public void close() {
        bedtime.close();
        commands.forEach(ExecOperation::halt);
        calls.close();
        try {
            queues.halt().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
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
        return MachineOwner.of(parts.ledger(), key, what);
    }
}
