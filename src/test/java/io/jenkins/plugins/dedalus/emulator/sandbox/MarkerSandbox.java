package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Without namespaces: the machine's processes are those that carry its marker in their environment, what descends from
 * them, and what is in their sessions. Known ones are kept with their start time, so that they are still known when
 * they clear their environment and leave their parents.
 */
final class MarkerSandbox implements Sandbox {
    static final String KIND = "marker";
    static final String VARIABLE = "DEDALUS_EMULATOR_MACHINE";
    private static final int FIRST_PORT = 16_384;
    private static final int LAST_PORT = 32_767;
    private static final int PORT_ATTEMPTS = 100;
    private static final int KILL_ROUNDS = 200;
    private static final long KILL_PAUSE_NANOS = 5_000_000;

    private final String marker;
    private final int port;
    private final Signals signals;
    private final Map<Long, Long> known = new HashMap<>();
    private final long ownSession;
    private int firstPort;

    private MarkerSandbox(String marker, int port, Signals signals) {
        this.marker = marker;
        this.port = port;
        this.signals = signals;
        this.ownSession = ProcessTable.one(ProcessHandle.current().pid())
                .map(ProcessTable.Entry::session)
                .orElse(0L);
    }

    static MarkerSandbox boot(String marker, Signals signals) throws IOException {
        return new MarkerSandbox(marker, freePort(), signals);
    }

    /**
     * A port that is free and that the kernel gives nobody who asks for any: the app binds it long after it was looked at.
     * Both Linux and macOS give such from 32768 on.
     */
    private static int freePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT + 1);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException e) {
                if (attempt == PORT_ATTEMPTS) {
                    throw new IOException("No port between " + FIRST_PORT + " and " + LAST_PORT + " was free.", e);
                }
            }
        }
    }

    /** Finds the processes that survived the emulator; empty if none did. */
    static Optional<Sandbox> adopt(Signals signals, Trace trace) {
        MarkerSandbox sandbox = new MarkerSandbox(trace.marker(), trace.port(), signals);
        return sandbox.pids().isEmpty() ? Optional.empty() : Optional.of(sandbox);
    }

    @Override
    public Process start(List<String> argv, Map<String, String> env, Path cwd) throws IOException {
        List<String> command = argv;
        if (ProcessTable.PROC) {
            command = new ArrayList<>(List.of("setsid"));
            command.addAll(argv);
        }
        ProcessBuilder builder = new ProcessBuilder(command).directory(cwd.toFile());
        builder.environment().clear();
        builder.environment().putAll(env);
        builder.environment().put(VARIABLE, marker);
        Process process = builder.start();
        synchronized (this) {
            ProcessTable.one(process.pid()).ifPresent(entry -> known.put(entry.pid(), entry.start()));
        }
        return process;
    }

    @Override
    public synchronized Set<Long> pids() {
        ProcessTable table = ProcessTable.read();
        Set<Long> members = new HashSet<>();
        Set<Long> sessions = new HashSet<>();
        Set<Long> marked = ProcessTable.PROC ? Set.of() : markedByPs();
        for (ProcessTable.Entry entry : table.all()) {
            boolean member = Long.valueOf(entry.start()).equals(known.get(entry.pid()))
                    || (ProcessTable.PROC ? carriesMarker(entry.pid()) : marked.contains(entry.pid()));
            if (member) {
                join(entry, members, sessions);
            }
        }
        boolean grown = true;
        while (grown) {
            grown = false;
            for (ProcessTable.Entry entry : table.all()) {
                if (members.contains(entry.parent()) || sessions.contains(entry.session())) {
                    grown |= join(entry, members, sessions);
                }
            }
        }
        known.keySet().retainAll(members);
        members.removeIf(pid -> table.all().stream().anyMatch(entry -> entry.pid() == pid && !entry.alive()));
        return members;
    }

    private boolean join(ProcessTable.Entry entry, Set<Long> members, Set<Long> sessions) {
        if (!members.add(entry.pid())) {
            return false;
        }
        known.put(entry.pid(), entry.start());
        // Where there is no setsid the processes run in the emulator's own session, and that says nothing.
        if (ProcessTable.PROC && entry.session() != ownSession && entry.session() != 0) {
            sessions.add(entry.session());
        }
        return true;
    }

    private boolean carriesMarker(long pid) {
        String environment = "\0" + ProcessTable.text(Path.of("/proc", Long.toString(pid), "environ"));
        return environment.contains("\0" + VARIABLE + "=" + marker + "\0");
    }

    private Set<Long> markedByPs() {
        Set<Long> found = new HashSet<>();
        for (String line :
                Commands.output("ps", "-axEww", "-o", "pid=,command=").split("\n")) {
            if (line.contains(VARIABLE + "=" + marker)) {
                found.add(Long.parseLong(line.trim().split("\\s+", 2)[0]));
            }
        }
        return found;
    }

    @Override
    public void freeze() {
        signals.untilStable("STOP", this::pids);
    }

    @Override
    public void thaw() {
        signals.untilStable("CONT", this::pids);
    }

    @Override
    public void kill() {
        // Stopped processes can't have children: what is found then is all there is.
        freeze();
        Set<Long> left = pids();
        for (int round = 0; round < KILL_ROUNDS && !left.isEmpty(); round++) {
            signals.send("KILL", left);
            LockSupport.parkNanos(KILL_PAUSE_NANOS);
            left = pids();
        }
    }

    @Override
    public void endSession(Process process) {
        Set<Long> session = new HashSet<>(Set.of(process.pid()));
        if (ProcessTable.PROC) {
            ProcessTable.read().all().stream()
                    .filter(entry -> entry.session() == process.pid())
                    .forEach(entry -> session.add(entry.pid()));
        } else {
            process.descendants().forEach(child -> session.add(child.pid()));
        }
        signals.send("KILL", session);
    }

    @Override
    public void observe(Process process) {
        pids();
    }

    @Override
    public synchronized Route route(int wanted) {
        // The app is told PORT instead of its usual port: the first port asked for is meant to be that one.
        firstPort = firstPort == 0 ? wanted : firstPort;
        int actual = wanted == firstPort ? port : wanted;
        return new Route(new InetSocketAddress(InetAddress.getLoopbackAddress(), actual), actual, false);
    }

    @Override
    public int sharedPort() {
        return port;
    }

    @Override
    public Trace trace() {
        return new Trace(KIND, 0, 0, marker, port);
    }
}
