package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusException;
import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.NotFoundException;
import io.jenkins.plugins.dedalus.client.Protocol;
import io.jenkins.plugins.dedalus.client.Visibility;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;

/** Brings a preview to a commit, stage by stage; the stage is in the ledger. */
final class EnsureOperation extends Operation {
    private static final Duration EDGE_LIMIT = Duration.ofMinutes(1);
    private static final Duration EDGE_PROBE = Duration.ofSeconds(3);
    private static final int RELAPSES = 3;

    private final PreviewRequest request;
    private final ScriptPlans plans;
    private final MachineStages machines;
    private final SourceStages sources;
    private final ExposeStage exposing;
    private final ScriptRunner runner;
    private final Interruption interruption;
    private int relapses;
    private boolean verifying;

    EnsureOperation(EngineParts parts, PreviewRequest request, ProgressListener listener) {
        super(parts, request.key(), listener);
        this.request = request;
        this.plans = new ScriptPlans(request, new ScriptEnv(request, parts.publicUrl()));
        this.machines = new MachineStages(this, request.spec());
        this.sources = new SourceStages(this, request.source(), plans);
        this.exposing = new ExposeStage(this, request);
        this.runner = new ScriptRunner(this);
        this.interruption = new Interruption(this);
    }

    PreviewRequest request() {
        return request;
    }

    ScriptRunner runner() {
        return runner;
    }

    /** Goes on where the ledger says this very request stands; anything else begins anew, after what is left of the old. */
    @Override
    void accept() {
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
                && digest.equals(prior.specDigest());
        if (same) {
            progress.line(
                    "going on after a restart: " + EnsureStage.of(prior.stage()).phase());
            return;
        }
        begin(record, prior == null ? null : prior.execution(), digest);
    }

    private void begin(PreviewRecord record, ExecutionRecord left, String digest) {
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
                left,
                0,
                null,
                false);
        parts.ledger()
                .put(record.toBuilder()
                        .state(PreviewState.PROVISIONING)
                        .order(request.order())
                        .label(request.label())
                        .change(request.change())
                        .operation(operation)
                        .closing(null)
                        .problem(null)
                        .updatedAt(now)
                        .build());
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
        PreviewRecord record = desk.record();
        try {
            Machine machine = parts.client().machines().get(record.machineId(), options());
            if (!Machines.isLost(machine)) {
                progress.phase(EnsureStage.DONE.phase());
                return complete(record);
            }
        } catch (NotFoundException e) {
            progress.line(e.getMessage());
        }
        verifying = false;
        begin(record, null, SpecDigest.of(request));
        return Duration.ZERO;
    }

    @Override
    Duration tick() {
        if (verifying) {
            return verify();
        }
        EnsureStage stage = EnsureStage.of(desk.operation().stage());
        if (hasWork(stage)) {
            progress.phase(stage.phase());
        }
        return switch (stage) {
            case INTERRUPT -> interruption.tick() ? advance(EnsureStage.PREPARE) : idle();
            case PREPARE -> machines.prepare();
            case CREATE -> machines.create();
            case AWAIT -> machines.await();
            case RESIZE -> machines.resize();
            case FETCH -> sources.fetch();
            case CHECKOUT -> sources.checkout();
            case UPLOAD -> sources.upload();
            case UNPACK -> sources.unpack();
            case SETUP -> setup();
            case EXPOSE -> exposing.tick();
            case DEPLOY -> deploy();
            case START -> start();
            case EDGE -> edge();
            case DONE -> done();
        };
    }

    /** Whether there is anything to tell people about a stage; one that only passes by is none of their business. */
    private boolean hasWork(EnsureStage stage) {
        return switch (stage) {
            case INTERRUPT -> desk.operation().execution() != null;
            case SETUP -> setsUp(desk.record());
            case DEPLOY -> request.spec().deploy() != null;
            case START -> request.spec().start() != null;
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
        desk.saveOperation(op -> op.at(next.name(), now));
        lively();
        return Duration.ZERO;
    }

    Duration stageTook() {
        return Duration.between(desk.operation().stageSince(), parts.now());
    }

    EnsureStage afterMachine() {
        if (request.change().fork() && !request.secrets().isEmpty()) {
            progress.line("This change request comes from a fork: it gets no secret environment.");
        }
        return sources.first();
    }

    Duration script(ScriptPlan plan, EnsureStage next) {
        return runner.tick(plan) ? advance(next) : runner.delay();
    }

    private Duration setup() {
        PreviewRecord record = desk.record();
        if (!setsUp(record)) {
            return advance(EnsureStage.EXPOSE);
        }
        if (!runner.tick(plans.setup(record))) {
            return runner.delay();
        }
        // One write: a crash in between must not run setup twice.
        Instant now = parts.now();
        desk.save(changed ->
                changed.setupOn(record.machineId()).operation(desk.operation().at(EnsureStage.EXPOSE.name(), now)));
        return Duration.ZERO;
    }

    private Duration deploy() {
        return request.spec().deploy() == null
                ? advance(EnsureStage.START)
                : script(plans.deploy(desk.record()), EnsureStage.START);
    }

    private Duration start() {
        if (request.spec().start() == null) {
            if (desk.record().startable()) {
                desk.save(record -> record.startable(false));
            }
            return advance(EnsureStage.EDGE);
        }
        if (!desk.record().startable()) {
            desk.save(record -> record.startable(true).healthPath(request.spec().healthPath()));
        }
        return script(plans.start(desk.record()), EnsureStage.EDGE);
    }

    /** The gateway may answer 502 to 504 for a while after the app serves; without a start command this is the only sign. */
    private Duration edge() {
        ExposedPort main = desk.record().mainPort();
        boolean reachable = Visibility.PUBLIC.equals(main.visibility()) && !Protocol.UNKNOWN.equals(main.protocol());
        if (!reachable || answers(main)) {
            return advance(EnsureStage.DONE);
        }
        boolean ownStart = request.spec().start() != null;
        Duration limit = ownStart ? EDGE_LIMIT : request.spec().limits().start();
        if (stageTook().compareTo(limit) <= 0) {
            return idle();
        }
        String sentence = "The preview URL of " + desk.key().id() + " (port " + main.port() + ") did not answer "
                + request.spec().healthPath() + " within " + limit.toSeconds() + " s";
        if (!ownStart) {
            throw new PreviewException(sentence + "; the scripts have to start an app that listens there.");
        }
        progress.line(sentence + ", though the app serves inside the machine. Dedalus may still be setting it up.");
        return advance(EnsureStage.DONE);
    }

    private boolean answers(ExposedPort main) {
        try {
            return Boolean.TRUE.equals(parts.probe()
                    .answers(URI.create(main.url()), request.spec().healthPath(), false, EDGE_PROBE)
                    .toCompletableFuture()
                    .orTimeout(EDGE_PROBE.toMillis() + 1000, java.util.concurrent.TimeUnit.MILLISECONDS)
                    .join());
        } catch (CompletionException e) {
            return false;
        }
    }

    private Duration done() {
        Instant now = parts.now();
        PreviewRecord ready = desk.save(record -> record.state(PreviewState.READY)
                .serving(request.change().commit(), SpecDigest.of(request), now)
                .healthPath(request.spec().healthPath())
                .label(request.label())
                .operation(null)
                .problem(null));
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
        EnsureStage stage = EnsureStage.of(desk.operation().stage());
        if (stage.compareTo(EnsureStage.AWAIT) <= 0 || ++relapses > RELAPSES) {
            throw missing;
        }
        progress.line(missing.getMessage() + " Looking at the machine again.");
        return advance(EnsureStage.AWAIT);
    }

    @Override
    void recordFailure(RuntimeException failure) {
        // One that only looks whether all is well leaves it as it is.
        if (desk.exists() && !verifying) {
            desk.save(
                    record -> record.state(PreviewState.FAILED).operation(null).problem(failure.getMessage()));
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
    }
}
