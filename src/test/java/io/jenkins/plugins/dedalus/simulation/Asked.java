package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.preview.ReconcileReport;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What was asked of the engine, so that its answers can be judged, and asked again after a restart. */
final class Asked {
    private final Run run;
    private final Promises promises = new Promises();
    private final Map<Build, CompletableFuture<?>> builds = new LinkedHashMap<>();
    private final Map<ExecLog, ExecHandle> commands = new LinkedHashMap<>();

    Asked(Run run) {
        this.run = run;
    }

    void build(Build build) {
        build.subject().asked(build, run.time().elapsed());
        CompletableFuture<?> before = builds.get(build);
        boolean joins = builds.entrySet().stream()
                .anyMatch(entry -> entry.getKey().subject() == build.subject()
                        && entry.getKey().order() == build.order()
                        && !entry.getValue().isDone());
        Verdict verdict = run.invariants().verdict();
        BuildLog log = joins ? new BuildLog(verdict, true) : build.subject().log(build, verdict);
        safely(() -> {
            PreviewOperation operation = run.process().lifecycle().ensure(build.request(), log);
            promises.add(build.toString(), operation.result());
            if (before == null || before.isDone()) {
                builds.put(build, operation.result());
            }
            operation.result().whenComplete((record, failure) -> {
                if (failure != null) {
                    log.failed();
                }
            });
            judge(operation.result(), build.toString(), record -> run.invariants()
                    .outcomes()
                    .built(build, record, log));
        });
    }

    void command(ExecLog log) {
        safely(() -> {
            ExecHandle handle = run.process().lifecycle().exec(log.subject().key, log.request(), log);
            promises.add(log.toString(), handle.result());
            commands.put(log, handle);
            judge(handle.result(), log.toString(), result -> run.invariants()
                    .outcomes()
                    .ran(log.id(), result.executionId(), log.heard()));
        });
    }

    void cancelCommand(Subject subject) {
        commands.forEach((log, handle) -> {
            if (log.subject() == subject) {
                handle.cancel("somebody cancelled it");
            }
        });
    }

    void operation(String what, Supplier<PreviewOperation> operation) {
        promised(what, () -> operation.get().result());
    }

    <T> void promised(String what, Supplier<CompletableFuture<T>> asking) {
        promised(what, asking, answer -> {});
    }

    <T> void promised(String what, Supplier<CompletableFuture<T>> asking, Consumer<T> good) {
        safely(() -> {
            CompletableFuture<T> future = asking.get();
            promises.add(what, future);
            judge(future, what, good);
        });
    }

    /** The reconciler runs; where it asks for a person, one may come. */
    void reconcile(boolean person) {
        safely(() -> {
            CompletableFuture<ReconcileReport> future =
                    run.process().reconciler().runOnce();
            promises.add("a reconciliation", future);
            judge(future, "a reconciliation", report -> {
                if (person && report.problems().stream().anyMatch(problem -> problem.contains("by hand"))) {
                    takeDownByHand();
                }
                boolean asked = report.problems().stream().anyMatch(problem -> problem.contains("trust-key"));
                if (asked && person) {
                    promised(
                            "a person's word for the key",
                            () -> run.process().lifecycle().trustKey());
                }
            });
        });
    }

    /** A person takes those previews down whose machines are gone, as the console shows. */
    private void takeDownByHand() {
        List<String> living = run.world().machines().stream().map(Machine::id).toList();
        for (PreviewRecord record : run.invariants().records()) {
            if (record.machineId() != null && !living.contains(record.machineId())) {
                Subject subject = run.invariants().subject(record.key());
                subject.closing(run.time().elapsed(), Duration.ZERO);
                operation("a person's teardown of " + subject, () -> run.process()
                        .lifecycle()
                        .teardown(record.key(), Teardown.now("its machine is gone"), progress -> {}));
            }
        }
    }

    /** A person looks at a create that nobody knows the outcome of, and knows it from the console. */
    void person(Subject subject) {
        Optional<PreviewRecord> stuck = run.invariants().records().stream()
                .filter(record -> record.key().equals(subject.key)
                        && record.creation() != null
                        && record.problem() != null
                        && record.problem().contains("person"))
                .findFirst();
        stuck.ifPresent(record -> {
            String key = record.creation().idempotencyKey();
            String made = run.world().machines().stream()
                    .map(Machine::id)
                    .filter(id -> key.equals(run.invariants().calls().keyOf(id)))
                    .findFirst()
                    .orElse(null);
            promised(
                    "a person's answer for " + subject,
                    () -> run.process().lifecycle().resolveCreation(subject.key, made));
        });
    }

    private <T> void judge(CompletableFuture<T> future, String what, Consumer<T> good) {
        EngineProcess process = run.process();
        future.whenComplete((answer, failure) -> {
            if (!process.alive()) {
                return;
            }
            run.trace().line(() -> what + " → " + (failure == null ? answer : failure));
            if (failure == null) {
                good.accept(answer);
            } else {
                run.invariants().outcomes().failed(cause(failure));
            }
        });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    /** A failure told at once is as good as one told later. */
    void safely(Runnable asking) {
        try {
            asking.run();
        } catch (RuntimeException e) {
            run.trace().line(() -> "refused: " + e);
            run.invariants().outcomes().failed(e);
        }
    }

    /** The process is gone; returns who was waiting. */
    List<Runnable> abandoned() {
        List<Runnable> waiting = new ArrayList<>();
        builds.forEach((build, future) -> {
            if (!future.isDone()) {
                waiting.add(() -> build(build));
            }
        });
        commands.forEach((log, handle) -> {
            if (!handle.result().isDone()) {
                waiting.add(() -> command(log));
            }
        });
        builds.clear();
        commands.clear();
        promises.forget();
        return waiting;
    }

    List<String> unanswered() {
        return promises.broken();
    }
}
