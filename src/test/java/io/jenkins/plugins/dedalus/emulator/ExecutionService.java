package io.jenkins.plugins.dedalus.emulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs commands on machines. */
final class ExecutionService {
    private final MachineService machines;
    private final FaultControl faults;
    private final Clock clock;
    private final ExecutorService threads;
    private final ScheduledExecutorService timer;

    ExecutionService(
            MachineService machines,
            FaultControl faults,
            Clock clock,
            ExecutorService threads,
            ScheduledExecutorService timer) {
        this.machines = machines;
        this.faults = faults;
        this.clock = clock;
        this.threads = threads;
        this.timer = timer;
    }

    EmulatedExecution create(
            EmulatedMachine machine, List<String> command, String cwd, Map<String, String> env, String stdin, Long timeoutMs) {
        EmulatedExecution execution = new EmulatedExecution(
                "exec-" + UUID.randomUUID(),
                machine.id,
                command,
                cwd,
                new ArrayList<>(env.keySet()),
                clock.instant());
        synchronized (machine) {
            machine.executions.put(execution.id, execution);
            machine.runningExecutions++;
        }
        execution.enter(machine.phase().equals("running") ? "queued" : "wake_in_progress", clock.instant());
        threads.execute(() -> run(machine, execution, env, stdin, timeoutMs));
        return execution;
    }

    private void run(
            EmulatedMachine machine, EmulatedExecution execution, Map<String, String> env, String stdin, Long timeoutMs) {
        try {
            Optional<Fault> fault = faults.take(Fault.Kind.EXECUTION_FAILS);
            if (fault.isPresent()) {
                fail(execution, fault.get().code(), "The runner said " + fault.get().code() + ".");
                return;
            }
            machines.wake(machine);
            start(machine, execution, env);
            if (timeoutMs != null) {
                timer.schedule(() -> expire(execution), timeoutMs, TimeUnit.MILLISECONDS);
            }
            List<Thread> readers = List.of(
                    reader(execution, "stdout", execution.process.getInputStream()),
                    reader(execution, "stderr", execution.process.getErrorStream()));
            try (OutputStream in = execution.process.getOutputStream()) {
                in.write((stdin == null ? "" : stdin).getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The command closed its input or ended: what it did with it shows in its exit code.
                execution.output("stderr", "", clock.instant());
            }
            int exit = execution.process.waitFor();
            for (Thread reader : readers) {
                reader.join();
            }
            end(execution, exit);
        } catch (ApiError e) {
            fail(execution, "machine_not_routable", e.getMessage());
        } catch (IOException e) {
            fail(execution, "execution_runner_prepare_failed", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(execution, "execution_runner_interrupted", "The emulator stops.");
        } finally {
            synchronized (machine) {
                machine.runningExecutions--;
                machine.touch(clock.instant());
            }
        }
    }

    private void start(EmulatedMachine machine, EmulatedExecution execution, Map<String, String> env) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("PATH", System.getenv("PATH"));
        all.put("HOME", machine.home().toString());
        all.put("TMPDIR", machine.directory.resolve("tmp").toString());
        all.put("LANG", "C.UTF-8");
        if (System.getenv("JAVA_HOME") != null) {
            all.put("JAVA_HOME", System.getenv("JAVA_HOME"));
        }
        if (machine.sandbox.sharedPort() != 0) {
            all.put("PORT", Integer.toString(machine.sandbox.sharedPort()));
        }
        all.putAll(env);
        Path cwd = execution.cwd == null ? machine.home() : machine.home().resolve(execution.cwd);
        if (!Files.isDirectory(cwd)) {
            throw new IOException("cwd " + execution.cwd + " is no directory");
        }
        synchronized (execution) {
            execution.process = machine.sandbox.start(execution.command, all, cwd);
            execution.startedAt = clock.instant();
            execution.enter("running", clock.instant());
        }
    }

    private Thread reader(EmulatedExecution execution, String type, InputStream in) {
        Thread thread = new Thread(
                () -> {
                    byte[] buffer = new byte[16 * 1024];
                    try {
                        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                            execution.output(
                                    type, new String(buffer, 0, n, StandardCharsets.UTF_8), clock.instant());
                        }
                    } catch (IOException e) {
                        execution.output(type, "", clock.instant());
                    }
                },
                "emulator-output");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void end(EmulatedExecution execution, int exit) {
        synchronized (execution) {
            if (execution.completedAt != null) {
                return;
            }
            execution.completedAt = clock.instant();
            if (exit > 128 && (execution.cancelled || execution.expired)) {
                execution.signal = "KILL";
            } else {
                execution.exitCode = exit;
            }
            String status = execution.cancelled ? "cancelled" : execution.expired ? "expired" : exit == 0 ? "succeeded" : "failed";
            execution.enter(status, clock.instant());
        }
    }

    private void fail(EmulatedExecution execution, String code, String message) {
        synchronized (execution) {
            execution.completedAt = clock.instant();
            execution.errorCode = code;
            execution.errorMessage = message;
            execution.enter("failed", clock.instant());
        }
    }

    private void expire(EmulatedExecution execution) {
        synchronized (execution) {
            if (execution.completedAt == null) {
                execution.expired = true;
                kill(execution);
            }
        }
    }

    void cancel(EmulatedExecution execution) {
        synchronized (execution) {
            if (execution.completedAt == null) {
                execution.cancelled = true;
                kill(execution);
            }
        }
    }

    private static void kill(EmulatedExecution execution) {
        if (execution.process != null) {
            execution.process.descendants().forEach(ProcessHandle::destroyForcibly);
            execution.process.destroyForcibly();
        }
    }
}
