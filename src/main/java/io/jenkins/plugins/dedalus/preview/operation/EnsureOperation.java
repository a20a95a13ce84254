package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.PreviewsNotOfferedException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.command.ScriptEnv;
import io.jenkins.plugins.dedalus.preview.command.ScriptPlan;
import io.jenkins.plugins.dedalus.preview.command.ScriptPlans;
import io.jenkins.plugins.dedalus.preview.ledger.EnsureStage;
import io.jenkins.plugins.dedalus.preview.ledger.ExecutionRecord;
import io.jenkins.plugins.dedalus.preview.ledger.Lifetime;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.SpecDigest;
import io.jenkins.plugins.dedalus.preview.wake.MachineStates;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Brings a preview to a commit, stage by stage; the stage is in the ledger. */
public final class EnsureOperation extends Operation {
    private static final int RELAPSES = 3;

    private final PreviewRequest request;
    private final ScriptPlans plans;
    private final MachineStages machines;
    private final SourceStages sources;
    private final ExposeStage exposing;
    private final EdgeStage edge;
    private final ScriptRunner runner;
    private final Interruption interruption;
    private int relapses;
    private boolean verifying;
    private boolean looking;
    /** The script that was looked for once already. */
    private String lookedFor;

    /** In this process, so that no clock that is set ends or prolongs a stage. */
    private long stageBegan;

    public EnsureOperation(EngineContext parts, PreviewRequest request, ProgressListener listener) {
        super(parts, request.key(), listener);
        this.request = request;
        this.stageBegan = parts.nanos();
        this.plans = new ScriptPlans(request, new ScriptEnv(request, parts.publicUrl()));
        this.machines = new MachineStages(this, request.spec());
        this.sources = new SourceStages(this, request.source(), plans);
        this.exposing = new ExposeStage(this, request);
        this.edge = new EdgeStage(this, request.spec());
        this.interruption = new Interruption(this);
        this.runner = new ScriptRunner(this, interruption);
    }

    public PreviewRequest request() {
        return request;
    }

    /** Whether it does what the other request asks for: a number alone is no proof of it. */
    public boolean serves(PreviewRequest other) {
        return request.order() == other.order()
                && Objects.equals(request.change().commit(), other.change().commit())
                && SpecDigest.of(request).equals(SpecDigest.of(other));
    }

    ScriptRunner runner() {
        return runner;
    }

    /** Goes on where the ledger says this very request stands; anything else begins anew, after what is left of the old. */
    @Override
    void accept() {
        stageBegan = parts.nanos();
        PreviewRecord record = parts.ledger()
                .get(request.key())
                .filter(before -> before.state() != PreviewState.CLOSED)
                .orElseGet(() -> new PreviewRecordBuilder(request.key())
                        .createdAt(parts.now())
                        .build());
        OperationRecord prior = record.operation();
        String digest = SpecDigest.of(request);
        if (serves(record, digest)) {
            verifying = true;
            return;
        }
        boolean same = prior != null
                && prior.kind() == OperationRecord.Kind.ENSURE
                && prior.order() == request.order()
                && Objects.equals(prior.commit(), request.change().commit())
                && digest.equals(prior.specDigest());
        if (same) {
            progress.line(
                    "going on after a restart: " + EnsureStage.of(prior.stage()).phase());
            return;
        }
        begin(record, digest);
    }

    private void begin(PreviewRecord record, String digest) {
        Instant now = parts.now();
        OperationRecord operation = new OperationRecord(
                OperationRecord.Kind.ENSURE,
                UUID.randomUUID().toString(),
                EnsureStage.INTERRUPT.name(),
                request.order(),
                request.change().commit(),
                digest,
                now,
                now,
                null,
                0,
                null,
                false);
        UnaryOperator<PreviewRecord> begun = before -> before.toBuilder()
                .state(PreviewState.PROVISIONING)
                .order(request.order())
                .label(request.label())
                .change(request.change())
                .begin(operation)
                .closing(null)
                .problem(null)
                .told(null)
                .lifetime(pushed(before))
                .updatedAt(now)
                .build();
        // The same preview may have been pinned or looked at meanwhile.
        if (editor.exists() && editor.record().state() != PreviewState.CLOSED) {
            editor.change(begun);
        } else {
            parts.ledger().put(begun.apply(record));
        }
    }

    private Lifetime pushed(PreviewRecord record) {
        Duration asked = request.spec().ttl() == null
                ? parts.settings().ttl()
                : request.spec().ttl();
        return record.lifetime()
                .pushed(asked.isZero() ? null : asked, parts.settings().notice(), parts.now(), parts.knowsTime());
    }

    private boolean serves(PreviewRecord record, String digest) {
        return record.state() == PreviewState.READY
                && record.order() == request.order()
                && digest.equals(record.specDigest())
                && Objects.equals(record.commit(), request.change().commit())
                && record.machineId() != null;
    }

    /** The request was served before: asked again, e.g. by a step that a restart robbed of its answer. */
    private Duration verify() {
        PreviewRecord record = editor.record();
        Optional<Machine> machine = parts.whereabouts().read(record.machineId(), options());
        if (machine.isPresent() && !MachineStates.isLost(machine.get())) {
            progress.phase(EnsureStage.DONE.phase());
            return complete(record);
        }
        if (machine.isEmpty()) {
            progress.line("Machine " + record.machineId() + " does not exist any more.");
        }
        verifying = false;
        begin(record, SpecDigest.of(request));
        return Duration.ZERO;
    }

    @Override
    Duration tick() {
        if (verifying) {
            return verify();
        }
        if (looking) {
            return lookAgain();
        }
        EnsureStage stage = EnsureStage.of(editor.operation().stage());
        if (hasWork(stage)) {
            progress.phase(stage.phase());
        }
        return switch (stage) {
            case INTERRUPT -> interruption.tick() ? advance(EnsureStage.PREPARE) : idle();
            case PREPARE -> machines.prepare();
            case CREATE -> machines.create();
            case AWAIT -> machines.await();
            case RESIZE -> machines.resize();
            case PACKAGES -> packages();
            case FETCH -> sources.fetch();
            case CHECKOUT -> sources.checkout();
            case UPLOAD -> sources.upload();
            case UNPACK -> sources.unpack();
            case SERVICES -> services();
            case SETUP -> setup();
            case EXPOSE -> exposing.tick();
            case DEPLOY -> deploy();
            case START -> start();
            case EDGE -> edge.tick();
            case DONE -> done();
        };
    }

    /** Whether there is anything to tell people about a stage; one that only passes by is none of their business. */
    private boolean hasWork(EnsureStage stage) {
        return switch (stage) {
            case INTERRUPT ->
                editor.operation().execution() != null || editor.record().unfinished() != null;
            case PACKAGES -> !request.spec().packages().isEmpty();
            case SERVICES -> !request.spec().services().isEmpty();
            case SETUP -> setsUp(editor.record());
            case DEPLOY -> request.spec().deploy() != null;
            case START -> request.spec().repairable();
            // Tells it itself, once it knows.
            case RESIZE -> false;
            default -> true;
        };
    }

    private boolean setsUp(PreviewRecord record) {
        return request.spec().setup() != null && !record.machineId().equals(record.setupOn());
    }

    Duration advance(EnsureStage next) {
        Instant now = parts.now();
        editor.saveOperation(op -> op.at(next.name(), now));
        stageBegan = parts.nanos();
        lively();
        return Duration.ZERO;
    }

    Duration stageTook() {
        return parts.since(stageBegan);
    }

    EnsureStage afterMachine() {
        if (request.change().fork() && !request.secrets().isEmpty()) {
            progress.line("This change request comes from a fork: it gets no secret environment.");
        }
        return EnsureStage.PACKAGES;
    }

    private Duration packages() {
        return request.spec().packages().isEmpty()
                ? advance(sources.first())
                : script(plans.packages(editor.record()), sources.first());
    }

    private Duration services() {
        return request.spec().services().isEmpty()
                ? advance(EnsureStage.SETUP)
                : script(plans.services(editor.record()), EnsureStage.SETUP);
    }

    Duration script(ScriptPlan plan, EnsureStage next) {
        return runner.tick(plan) ? advance(next) : runner.delay();
    }

    private Duration setup() {
        PreviewRecord record = editor.record();
        if (!setsUp(record)) {
            return advance(EnsureStage.EXPOSE);
        }
        if (!runner.tick(plans.setup(record))) {
            return runner.delay();
        }
        // One write: a crash in between must not run setup twice.
        Instant now = parts.now();
        editor.save(changed ->
                changed.setupOn(record.machineId()).operation(editor.operation().at(EnsureStage.EXPOSE.name(), now)));
        stageBegan = parts.nanos();
        return Duration.ZERO;
    }

    private Duration deploy() {
        return request.spec().deploy() == null
                ? advance(EnsureStage.START)
                : script(plans.deploy(editor.record()), EnsureStage.START);
    }

    private Duration start() {
        if (!request.spec().repairable()) {
            if (editor.record().startable()) {
                editor.save(record -> record.startable(false));
            }
            return advance(EnsureStage.EDGE);
        }
        if (!editor.record().startable()) {
            editor.save(
                    record -> record.startable(true).healthPath(request.spec().healthPath()));
        }
        return script(plans.start(editor.record()), EnsureStage.EDGE);
    }

    private Duration done() {
        Instant now = parts.now();
        PreviewRecord ready = editor.change(record -> record.toBuilder()
                .state(PreviewState.READY)
                .serving(request.change().commit(), SpecDigest.of(request), now)
                .healthPath(request.spec().healthPath())
                .answers(request.spec().limits().answers())
                .label(request.label())
                .operation(null)
                .problem(null)
                .told(null)
                .lifetime(pushed(record))
                .updatedAt(now)
                .build());
        parts.gate().seenActive(ready.machineId());
        progress.phase(EnsureStage.DONE.phase());
        return complete(ready);
    }

    /** The machine or the execution vanished: look at the machine again before giving up. */
    @Override
    Duration onMissing(DedalusException missing) {
        if (verifying) {
            throw missing;
        }
        EnsureStage stage = EnsureStage.of(editor.operation().stage());
        if (stage.compareTo(EnsureStage.AWAIT) <= 0) {
            throw missing;
        }
        if (++relapses > RELAPSES) {
            // The machine was there each time it was looked at: then it is the calls that are not.
            throw stage == EnsureStage.EXPOSE ? new PreviewsNotOfferedException() : missing;
        }
        progress.line(missing.getMessage() + " Looking at the machine again.");
        lively();
        ExecutionRecord script = editor.operation().execution();
        if (script != null && !script.stepId().equals(lookedFor)) {
            lookedFor = script.stepId();
            looking = true;
            return Duration.ZERO;
        }
        return relapse();
    }

    /** A script that was out of sight for a moment goes on where it is, if its machine runs: it must not run twice. */
    private Duration lookAgain() {
        Optional<Machine> machine = parts.whereabouts().read(editor.record().machineId(), options());
        looking = false;
        boolean runs = machine.filter(found -> found.phase().equals(MachinePhase.RUNNING))
                .isPresent();
        return runs ? Duration.ZERO : relapse();
    }

    private Duration relapse() {
        Instant now = parts.now();
        // A script that is missing may be found again: until then it counts as unfinished.
        editor.save(record -> record.begin(editor.operation().at(EnsureStage.AWAIT.name(), now)));
        return Duration.ZERO;
    }

    @Override
    void recordFailure(RuntimeException failure) {
        // One that only looks whether all is well leaves it as it is.
        if (editor.exists() && !verifying) {
            BuildFailure.record(editor, failure);
            stopWaiting(editor.record());
        }
    }

    /** Whoever waits for an app that no build has started reads so at once. */
    private void stopWaiting(PreviewRecord failed) {
        if (failed.machineId() != null && !failed.served()) {
            parts.gate()
                    .forget(
                            failed.machineId(),
                            "The last build of " + request.key().id() + " failed.");
        }
    }

    @Override
    void cleanUpAfterCancel() {
        if (!verifying) {
            interruption.cancelQuietly();
        }
    }

    @Override
    void ended() {
        sources.close();
        machines.close();
    }
}
