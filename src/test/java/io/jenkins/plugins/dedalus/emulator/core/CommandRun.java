package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One command on a machine that runs, from start to end. Blocks its thread. */
final class CommandRun {
    private static final long OBSERVE_MILLIS = 200;
    private static final long STOPPED_OUTPUT_MILLIS = 1_000;
    private static final int SIGNAL_BASE = 128;
    private static final int SIGNALS = 64;
    private static final int NOT_FOUND = 127;

    private final World world;
    private final Machine machine;
    private final Execution execution;
    private final ExecutionService.Command command;

    CommandRun(World world, Machine machine, Execution execution, ExecutionService.Command command) {
        this.world = world;
        this.machine = machine;
        this.execution = execution;
        this.command = command;
    }

    void run() {
        Sandbox sandbox;
        synchronized (machine) {
            sandbox = machine.sandbox;
        }
        Path cwd = command.cwd() == null ? machine.home() : machine.home().resolve(command.cwd());
        if (sandbox == null) {
            return;
        }
        if (!Files.isDirectory(cwd)) {
            finish(new Execution.End(
                    "failed", null, null, "cwd_not_found", "There is no directory " + command.cwd() + "."));
            return;
        }
        Process process;
        try {
            process = sandbox.start(command.argv(), environment(sandbox), cwd);
        } catch (IOException e) {
            execution.output(true, e.getMessage() + "\n", e.getMessage().length() + 1, world.now());
            finish(new Execution.End("failed", NOT_FOUND, null, null, null));
            return;
        }
        execution.enter("running", world.now());
        execution.onStop(() -> world.workers().execute(() -> sandbox.endSession(process)));
        try {
            follow(sandbox, process);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void follow(Sandbox sandbox, Process process) throws InterruptedException {
        CompletableFuture<Void> output = CompletableFuture.allOf(
                OutputPump.start(world, execution, false, process.getInputStream()),
                OutputPump.start(world, execution, true, process.getErrorStream()));
        feed(process);
        while (!process.waitFor(OBSERVE_MILLIS, TimeUnit.MILLISECONDS)) {
            if (machine.routable) {
                sandbox.observe(process);
            }
        }
        boolean whole = false;
        while (!whole) {
            whole = ended(output) || execution.stopping();
        }
        int exit = process.exitValue();
        Integer signal = exit > SIGNAL_BASE && exit <= SIGNAL_BASE + SIGNALS ? exit - SIGNAL_BASE : null;
        finish(new Execution.End(exit == 0 ? "succeeded" : "failed", exit, signal, null, null));
    }

    private static boolean ended(CompletableFuture<Void> output) throws InterruptedException {
        try {
            output.get(STOPPED_OUTPUT_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("Reading a command's output failed", e);
        }
    }

    private void feed(Process process) {
        if (command.stdin() == null) {
            close(process.getOutputStream());
            return;
        }
        world.workers().execute(() -> {
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(command.stdin().getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The command ended, or closed its input, before it had read all. That is its own affair.
                process.toHandle();
            }
        });
    }

    private static void close(OutputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            throw new IllegalStateException("A command's input could not be closed", e);
        }
    }

    private Map<String, String> environment(Sandbox sandbox) {
        Map<String, String> all = new LinkedHashMap<>();
        keep(all, "PATH", world.hardware().path(System.getenv("PATH")));
        keep(all, "JAVA_HOME", System.getenv("JAVA_HOME"));
        all.put("HOME", machine.home().toString());
        all.put("TMPDIR", machine.temporary().toString());
        all.put("LANG", "C.UTF-8");
        all.put("SHELL", "/bin/sh");
        all.put("USER", System.getProperty("user.name"));
        all.put("DEDALUS_MACHINE_ID", machine.id);
        if (sandbox.sharedPort() != 0) {
            all.put("PORT", Integer.toString(sandbox.sharedPort()));
        }
        all.putAll(command.env());
        return all;
    }

    private static void keep(Map<String, String> all, String name, String value) {
        if (value != null) {
            all.put(name, value);
        }
    }

    private void finish(Execution.End end) {
        execution.finish(end, world.now());
    }
}
