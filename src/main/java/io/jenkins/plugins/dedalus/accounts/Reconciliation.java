package io.jenkins.plugins.dedalus.accounts;

import hudson.model.Computer;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.preview.ReconcileReport;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One reconciliation over all accounts. */
final class Reconciliation {
    private Reconciliation() {}

    /** Runs each account's reconciler, none waiting for another's, and puts the reports together; never fails. */
    static CompletableFuture<ReconcileReport> run(List<AccountEngine> engines) {
        List<CompletableFuture<ReconcileReport>> reports = engines.stream()
                .filter(engine -> !engine.ledger().list().isEmpty()
                        || !engine.ledger().closed().isEmpty())
                .map(Reconciliation::one)
                .toList();
        return CompletableFuture.allOf(reports.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        together(reports.stream().map(CompletableFuture::join).toList(), owned(engines)));
    }

    /** On another thread from the start: credentials may be kept elsewhere, and an account's API may hang. */
    private static CompletableFuture<ReconcileReport> one(AccountEngine engine) {
        return CompletableFuture.supplyAsync(() -> begin(engine), Computer.threadPoolForRemoting)
                .thenCompose(running -> running)
                .exceptionally(failure -> {
                    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                    return problem(Messages.Reconciliation_failed(engine.account(), cause.getMessage()));
                });
    }

    private static CompletableFuture<ReconcileReport> begin(AccountEngine engine) {
        if (engine.ledger().list().isEmpty()) {
            return CompletableFuture.completedFuture(
                    new ReconcileReport(Instant.now(), engine.reconciler().forgetClosed(), List.of(), List.of()));
        }
        return AccountEngine.unavailable(engine.account())
                .map(sentence -> CompletableFuture.completedFuture(problem(sentence)))
                .orElseGet(() -> engine.reconciler().runOnce());
    }

    private static ReconcileReport problem(String sentence) {
        return new ReconcileReport(Instant.now(), List.of(), List.of(), List.of(sentence));
    }

    private static Set<String> owned(List<AccountEngine> engines) {
        return engines.stream()
                .flatMap(engine -> engine.ledger().list().stream())
                .map(PreviewRecord::machineId)
                .filter(Objects::nonNull)
                .map(MachineIds::canonical)
                .collect(Collectors.toSet());
    }

    private static ReconcileReport together(List<ReconcileReport> reports, Set<String> owned) {
        List<String> unknown = new ArrayList<>();
        all(reports.stream().map(ReconcileReport::unknown))
                .filter(sentence -> !owned.contains(MachineIds.canonical(sentence.split(", ", 2)[0])))
                .distinct()
                .forEach(unknown::add);
        return new ReconcileReport(
                reports.stream()
                        .map(ReconcileReport::at)
                        .max(Instant::compareTo)
                        .orElseGet(Instant::now),
                all(reports.stream().map(ReconcileReport::done)).toList(),
                unknown,
                all(reports.stream().map(ReconcileReport::problems)).toList());
    }

    private static Stream<String> all(Stream<List<String>> lists) {
        return lists.flatMap(List::stream);
    }
}
