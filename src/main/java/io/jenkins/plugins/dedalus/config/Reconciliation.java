package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.preview.PreviewException;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ReconcileReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One reconciliation over all accounts. */
final class Reconciliation {
    private static final Logger LOGGER = Logger.getLogger(Reconciliation.class.getName());

    private Reconciliation() {}

    /** Runs each account's reconciler and puts the reports together; never fails. */
    static CompletableFuture<ReconcileReport> run(List<AccountEngine> engines) {
        engines.stream().filter(engine -> !engine.ledger().closed().isEmpty()).forEach(Reconciliation::forgetClosed);
        List<CompletableFuture<ReconcileReport>> reports = engines.stream()
                .filter(engine -> !engine.ledger().list().isEmpty())
                .map(Reconciliation::one)
                .toList();
        return CompletableFuture.allOf(reports.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        together(reports.stream().map(CompletableFuture::join).toList(), owned(engines)));
    }

    private static void forgetClosed(AccountEngine engine) {
        try {
            engine.reconciler().forgetClosed();
        } catch (PreviewException e) {
            LOGGER.log(Level.WARNING, e, () -> Messages.Reconciliation_failed(engine.account(), e.getMessage()));
        }
    }

    private static CompletableFuture<ReconcileReport> one(AccountEngine engine) {
        CompletableFuture<ReconcileReport> running;
        try {
            running = AccountEngine.unavailable(engine.account())
                    .map(sentence -> CompletableFuture.completedFuture(problem(sentence)))
                    .orElseGet(() -> engine.reconciler().runOnce());
        } catch (PreviewException e) {
            running = CompletableFuture.failedFuture(e);
        }
        return running.exceptionally(failure -> {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return problem(Messages.Reconciliation_failed(engine.account(), cause.getMessage()));
        });
    }

    private static ReconcileReport problem(String sentence) {
        return new ReconcileReport(Instant.now(), List.of(), List.of(), List.of(sentence));
    }

    private static Set<String> owned(List<AccountEngine> engines) {
        return engines.stream()
                .flatMap(engine -> engine.ledger().list().stream())
                .map(PreviewRecord::machineId)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    private static ReconcileReport together(List<ReconcileReport> reports, Set<String> owned) {
        List<String> unknown = new ArrayList<>();
        all(reports.stream().map(ReconcileReport::unknown))
                .filter(sentence -> owned.stream().noneMatch(sentence::contains))
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
