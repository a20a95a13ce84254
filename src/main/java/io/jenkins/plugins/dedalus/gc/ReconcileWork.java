package io.jenkins.plugins.dedalus.gc;

import hudson.Extension;
import hudson.model.AsyncPeriodicWork;
import hudson.model.TaskListener;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.preview.ReconcileReport;
import io.jenkins.plugins.dedalus.steps.workspace.WorkspaceArchive;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** From time to time brings ledger, Dedalus and change requests together; what it finds is in its log. */
@Extension
@Restricted(NoExternalUse.class)
public class ReconcileWork extends AsyncPeriodicWork {
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private volatile Instant last = Instant.EPOCH;

    /** Made by Jenkins. */
    public ReconcileWork() {
        super("Dedalus preview reconciliation");
    }

    /** Looks every minute whether it is time: how often it is may be configured while Jenkins runs. */
    @Override
    public long getRecurrencePeriod() {
        return MIN;
    }

    /** The first look comes a minute after the start, when jobs and branch sources have settled. */
    @Override
    public long getInitialDelay() {
        return MIN;
    }

    @Override
    protected void execute(TaskListener listener) throws IOException, InterruptedException {
        Instant now = Instant.now();
        Duration interval = Duration.ofMinutes(DedalusGlobalConfiguration.get().getReconcileMinutes());
        if (!now.isBefore(last.plus(interval))) {
            last = now;
            run(listener);
        }
    }

    /** Does it once, now. */
    static void run(TaskListener listener) throws IOException, InterruptedException {
        WorkspaceArchive.sweep(Instant.now());
        PreviewEngines service = PreviewEngines.get();
        if (service.records().isEmpty() && !service.available()) {
            return;
        }
        try {
            // Dedalus first: what is due is deleted, however the branch sources are.
            CompletableFuture<ReconcileReport> reconciled = service.reconcile();
            LostEvents.find().forEach(listener.getLogger()::println);
            ReconcileReport report = reconciled.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
            report.done().forEach(listener.getLogger()::println);
            report.problems().forEach(listener.getLogger()::println);
            report.unknown().forEach(machine -> listener.getLogger().println(Messages.ReconcileWork_unknown(machine)));
        } catch (PreviewsUnavailableException e) {
            listener.getLogger().println(e.getMessage());
        } catch (ExecutionException e) {
            listener.getLogger()
                    .println(Messages.ReconcileWork_failed(e.getCause().getMessage()));
        } catch (TimeoutException e) {
            listener.getLogger().println(Messages.ReconcileWork_failed(Messages.ReconcileWork_tooLong()));
        }
    }
}
