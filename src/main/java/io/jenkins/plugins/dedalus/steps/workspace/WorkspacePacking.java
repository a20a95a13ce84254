package io.jenkins.plugins.dedalus.steps.workspace;

import hudson.model.Computer;
import hudson.model.TaskListener;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Packs an agent's workspace as soon as the agent is there: after a restart of Jenkins, or when the connection broke, it waits
 * for it as {@code sh} does. An agent that will never come back ends the surrounding {@code node}, and so this.
 */
public final class WorkspacePacking {
    private static final Logger LOGGER = Logger.getLogger(WorkspacePacking.class.getName());
    private static final long PAUSE_SECONDS = 3;

    private final StepContext context;
    private final WorkspaceScanner scanner;
    private final CompletableFuture<WorkspaceArchive> packed = new CompletableFuture<>();
    private volatile Future<?> attempt;
    private volatile boolean waits;

    public WorkspacePacking(StepContext context, WorkspaceScanner scanner) {
        this.context = context;
        this.scanner = scanner;
    }

    /** Begins, with a first try on this thread. */
    public CompletableFuture<WorkspaceArchive> begin() {
        pack();
        return packed;
    }

    /** Whether the agent is away. */
    public boolean waits() {
        return waits;
    }

    /** Gives up; nothing is left behind. Doesn't wait. */
    public void cancel() {
        packed.cancel(false);
        Future<?> running = attempt;
        if (running != null) {
            running.cancel(true);
        }
    }

    private void pack() {
        if (packed.isDone()) {
            return;
        }
        try {
            WorkspaceArchive archive = WorkspaceArchive.pack(context, scanner);
            waits = false;
            if (!packed.complete(archive)) {
                archive.delete();
            }
        } catch (AgentAwayException e) {
            LOGGER.log(Level.FINE, "The agent of a workspace is away", e);
            await();
        } catch (IOException | RuntimeException e) {
            packed.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            packed.completeExceptionally(e);
        }
    }

    private void await() {
        if (!waits) {
            waits = true;
            say();
        }
        Timer.get()
                .schedule(
                        () -> {
                            attempt = Computer.threadPoolForRemoting.submit(this::pack);
                        },
                        PAUSE_SECONDS,
                        TimeUnit.SECONDS);
    }

    private void say() {
        try {
            BuildLog.say(context.get(TaskListener.class), Messages.WorkspacePacking_waits());
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "The build's log can't be written to; the step's status tells the same.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
