package io.jenkins.plugins.dedalus.dashboard;

import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.config.PreviewService;
import io.jenkins.plugins.dedalus.preview.PreviewException;
import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The machines that an unanswered create may have made, for a person to choose from. */
public final class Candidates {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Machine> machines;
    private final String problem;

    private Candidates(List<Machine> machines, String problem) {
        this.machines = machines;
        this.problem = problem;
    }

    static Candidates of(PreviewRecord record) {
        try {
            return new Candidates(
                    PreviewService.get()
                            .lifecycle(record.key())
                            .candidates(record.key())
                            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                    null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Candidates(List.of(), Messages.Candidates_slow());
        } catch (TimeoutException e) {
            return new Candidates(List.of(), Messages.Candidates_slow());
        } catch (ExecutionException e) {
            return new Candidates(List.of(), e.getCause().getMessage());
        } catch (PreviewException e) {
            return new Candidates(List.of(), e.getMessage());
        }
    }

    /** The machines; empty if none fits, or if they could not be read. */
    public List<Machine> getMachines() {
        return machines;
    }

    /** Why they could not be read; null if they were. */
    public String getProblem() {
        return problem;
    }
}
