package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Commands that run on machines. */
public final class ExecutionService {
    private static final int SIGKILL = 9;

    /** What to run. */
    public record Command(List<String> argv, String cwd, Map<String, String> env, String stdin, Long timeoutMillis) {
        @Override
        public String toString() {
            return "Command" + argv;
        }
    }

    private final World world;
    private final Lifecycle lifecycle;

    ExecutionService(World world, Lifecycle lifecycle) {
        this.world = world;
        this.lifecycle = lifecycle;
    }

    /** Starts a command; a machine that sleeps is woken first. Throws {@link ApiException} where there is no machine. */
    public Execution create(Machine machine, Command command) {
        Execution execution = new Execution(
                world.newId("exec-"),
                machine.id,
                command.argv(),
                command.cwd(),
                List.copyOf(command.env().keySet()),
                world.now());
        synchronized (machine) {
            if (machine.desired == Phase.DESTROYED || machine.phase == Phase.FAILED) {
                throw Lifecycle.invalidState(machine, "given anything to run");
            }
            execution.enter(machine.phase == Phase.RUNNING ? "queued" : "wake_in_progress", world.now());
            machine.executions.put(execution.id, execution);
            machine.touch(world.now());
        }
        world.store().save(execution);
        machine.runningExecutions.incrementAndGet();
        lifecycle.wake(machine).whenComplete((awake, failure) -> world.workers()
                .execute(() -> run(machine, execution, command)));
        return execution;
    }

    private void run(Machine machine, Execution execution, Command command) {
        CompletionStage<Void> ran = CompletableFuture.completedFuture(null);
        try {
            Fault fault =
                    world.faults().take(Fault.Kind.EXECUTION_FAILS, machine.id).orElse(null);
            if (fault != null && fault.delayMs() == 0) {
                execution.finish(broken(fault.errorCode()), world.now());
            } else if (machine.view().phase() != Phase.RUNNING) {
                execution.finish(broken("machine_not_routable"), world.now());
            } else if (!execution.stopping()) {
                world.faults()
                        .take(Fault.Kind.OUTPUT_LOST, machine.id)
                        .ifPresent(lost -> execution.loseOutput(Math.max(1, lost.afterBytes())));
                if (fault != null) {
                    world.workers().later(fault.delayMs(), () -> execution.stop(broken(fault.errorCode())));
                }
                if (command.timeoutMillis() != null) {
                    world.workers()
                            .later(
                                    command.timeoutMillis(),
                                    () -> execution.stop(new Execution.End(
                                            "expired",
                                            null,
                                            SIGKILL,
                                            "execution_timeout",
                                            "The command ran longer than timeout_ms.")));
                }
                ran = world.hardware().run(world, machine, execution, command);
            }
        } finally {
            ran.whenComplete((done, failure) -> over(machine, execution));
        }
    }

    private void over(Machine machine, Execution execution) {
        execution.finish(broken("execution_runner_interrupted"), world.now());
        machine.touch(world.now());
        machine.runningExecutions.decrementAndGet();
        world.store().save(execution);
    }

    private static Execution.End broken(String code) {
        return new Execution.End(
                "failed",
                null,
                null,
                code == null ? "execution_runner_interrupted" : code,
                "The execution failed through no fault of its command.");
    }

    /** An execution by its id. Throws {@link ApiException}. */
    public Execution get(Machine machine, String id) {
        synchronized (machine) {
            Execution execution = machine.executions.get(id);
            if (execution == null) {
                throw new ApiException(
                                ErrorCode.EXECUTION_NOT_FOUND,
                                "There is no execution " + id + " on machine " + machine.id + ".")
                        .detail("execution_id", id);
            }
            return execution;
        }
    }

    /** All executions of a machine, newest first. */
    public List<Execution> list(Machine machine) {
        synchronized (machine) {
            List<Execution> all = new ArrayList<>(machine.executions.values());
            Collections.reverse(all);
            return all;
        }
    }

    /** Ends an execution; nothing happens where it has ended. */
    public void cancel(Execution execution) {
        execution.stop(new Execution.End("cancelled", null, SIGKILL, null, null));
        execution.finishIfIdle(world.now());
    }
}
