package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A PID and a network namespace of the machine's own: it has all ports to itself, and nothing gets out. */
final class NamespaceSandbox implements Sandbox {
    static final String KIND = "namespaces";
    /** Below a machine's directory: what it changed of the system's. */
    static final String LAYERS = "layers";

    private static final int END_ROUNDS = 200;
    private static final long END_PAUSE_NANOS = 10_000_000;

    private final Path directory;
    private final Signals signals;
    private final Relay relay;
    private final Process outer;
    private final ProcessTable.Entry init;
    private final String pidNamespace;
    private final Set<Process> wrappers = ConcurrentHashMap.newKeySet();

    private final String mark;

    private NamespaceSandbox(
            Path directory, Path socket, Signals signals, String mark, Process outer, ProcessTable.Entry init)
            throws IOException {
        this.mark = mark;
        this.directory = directory;
        this.signals = signals;
        this.outer = outer;
        this.init = init;
        this.pidNamespace = namespace(init.pid());
        this.relay = new Relay(Namespaces.enter(init.pid(), "--net"), socket);
    }

    /** Boots an empty machine; {@code mark}, unless null: it ends when the emulator is gone, and its {@link Warden} finds it by that. */
    static NamespaceSandbox boot(Path directory, Path socket, Signals signals, String mark, boolean layered)
            throws IOException {
        Process outer = Namespaces.create(mark, layered ? directory.resolve(LAYERS) : null);
        try {
            long pid = outer.toHandle()
                    .children()
                    .findFirst()
                    .orElseThrow(() -> new IOException("The machine's first process is gone already."))
                    .pid();
            ProcessTable.Entry init = ProcessTable.one(pid)
                    .orElseThrow(() -> new IOException("The machine's first process is gone already."));
            return new NamespaceSandbox(directory, socket, signals, mark, outer, init);
        } catch (IOException e) {
            outer.destroyForcibly();
            throw e;
        }
    }

    /** Finds a machine that survived the emulator; empty if it didn't. */
    static Optional<Sandbox> adopt(Path directory, Path socket, Signals signals, Trace trace) throws IOException {
        Optional<ProcessTable.Entry> init =
                ProcessTable.one(trace.pid()).filter(entry -> entry.alive() && entry.start() == trace.start());
        return init.isEmpty()
                ? Optional.empty()
                : Optional.of(new NamespaceSandbox(directory, socket, signals, null, null, init.get()));
    }

    private static String namespace(long pid) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns/pid"))
                .toString();
    }

    @Override
    public Process start(List<String> argv, Map<String, String> env, Path cwd) throws IOException {
        List<String> inside = new ArrayList<>(Namespaces.enter(init.pid(), "--net", "--pid", "--mount"));
        inside.addAll(List.of(
                "setsid",
                "sh",
                "-c",
                "unset " + MarkerSandbox.VARIABLE + "; cd -- \"$0\" && exec \"$@\"",
                cwd.toString()));
        inside.addAll(argv);
        ProcessBuilder builder = new ProcessBuilder(inside).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(env);
        if (mark != null) {
            // On the words before the command, which are outside and stop with it: its Warden finds them by that.
            builder.environment().put(MarkerSandbox.VARIABLE, mark);
        }
        Process process = builder.start();
        wrappers.add(process);
        process.onExit().thenRun(() -> wrappers.remove(process));
        return process;
    }

    @Override
    public Set<Long> pids() {
        Set<Long> members = new HashSet<>();
        ProcessTable table = ProcessTable.read();
        Set<Long> keepers = new HashSet<>(Set.of(init.pid()));
        for (ProcessTable.Entry entry : table.all()) {
            if (entry.alive() && inside(entry.pid())) {
                members.add(entry.pid());
            }
            if (entry.parent() == init.pid() && entry.session() == init.session()) {
                keepers.add(entry.pid());
            }
        }
        // A machine may make namespaces of its own: whatever descends from a member is one.
        boolean grown = true;
        while (grown) {
            grown = false;
            for (ProcessTable.Entry entry : table.all()) {
                grown |= entry.alive() && members.contains(entry.parent()) && members.add(entry.pid());
            }
        }
        members.removeAll(keepers);
        return members;
    }

    private boolean inside(long pid) {
        try {
            return namespace(pid).equals(pidNamespace);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void freeze() {
        signals.untilStable("STOP", this::pids);
    }

    @Override
    public void thaw() {
        signals.untilStable("CONT", this::pids);
        // nsenter stops itself when what it runs is stopped.
        signals.send("CONT", wrappers.stream().map(Process::pid).toList());
    }

    @Override
    public void kill() {
        relay.close();
        if (sameInit()) {
            signals.send("KILL", Set.of(init.pid()));
        }
        signals.send("CONT", wrappers.stream().map(Process::pid).toList());
        try {
            if (outer != null) {
                outer.waitFor(5, TimeUnit.SECONDS);
                outer.destroyForcibly();
            }
            ProcessHandle.of(init.pid()).filter(process -> sameInit()).ifPresent(process -> process.onExit()
                    .completeOnTimeout(process, 5, TimeUnit.SECONDS)
                    .join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean sameInit() {
        return ProcessTable.one(init.pid())
                .filter(now -> now.start() == init.start() && now.alive())
                .isPresent();
    }

    @Override
    public void endSession(Process process) {
        // nsenter may not have forked yet: what is to be ended appears a moment later.
        for (int round = 0; round < END_ROUNDS && process.isAlive(); round++) {
            signals.send("KILL", sessionOf(process));
            signals.send("CONT", Set.of(process.pid()));
            LockSupport.parkNanos(END_PAUSE_NANOS);
        }
    }

    private static Set<Long> sessionOf(Process process) {
        Set<Long> session = new HashSet<>();
        ProcessTable table = ProcessTable.read();
        for (ProcessTable.Entry leader : table.all()) {
            if (leader.parent() == process.pid()) {
                session.add(leader.pid());
                table.all().stream()
                        .filter(entry -> entry.session() == leader.pid())
                        .forEach(entry -> session.add(entry.pid()));
            }
        }
        return session;
    }

    @Override
    public void observe(Process process) {
        // A stop and a continue in quick succession reach nsenter in the wrong order, and it would stop for ever.
        if (ProcessTable.one(process.pid())
                .filter(entry -> entry.state() == 'T')
                .isPresent()) {
            signals.send("CONT", Set.of(process.pid()));
        }
    }

    @Override
    public Route route(int port) throws IOException {
        relay.start();
        return new Route(UnixDomainSocketAddress.of(relay.socket()), port, true);
    }

    @Override
    public int sharedPort() {
        return 0;
    }

    @Override
    public Trace trace() {
        return new Trace(KIND, init.pid(), init.start(), null, 0);
    }
}
