package io.jenkins.plugins.dedalus.emulator;

import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Without namespaces: the machine's processes are those that carry its marker in their environment, or descend from them. */
final class MarkerSandbox implements Sandbox {
    private static final String VARIABLE = "DEDALUS_EMULATOR_MACHINE";

    private final String marker;
    private final int port;

    MarkerSandbox(String machineId) throws IOException {
        this.marker = VARIABLE + "=" + machineId;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = free.getLocalPort();
        }
    }

    @Override
    public Process start(List<String> argv, Map<String, String> env, Path cwd) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(argv).directory(cwd.toFile());
        builder.environment().clear();
        builder.environment().putAll(env);
        builder.environment().put(VARIABLE, marker.substring(VARIABLE.length() + 1));
        return builder.start();
    }

    @Override
    public Set<Long> pids() {
        Set<Long> found = new HashSet<>();
        if (Files.isDirectory(Path.of("/proc/self"))) {
            found.addAll(Signals.find(entry -> carries(entry.resolve("environ"))));
        } else {
            ProcessHandle.allProcesses().filter(this::listedWithMarker).forEach(p -> found.add(p.pid()));
        }
        for (Long pid : Set.copyOf(found)) {
            ProcessHandle.of(pid).ifPresent(p -> p.descendants().forEach(child -> found.add(child.pid())));
        }
        return found;
    }

    private boolean carries(Path environ) {
        try {
            return ("\0" + new String(Files.readAllBytes(environ), StandardCharsets.ISO_8859_1)).contains("\0" + marker + "\0");
        } catch (IOException e) {
            return false;
        }
    }

    private boolean listedWithMarker(ProcessHandle process) {
        try {
            Process ps = new ProcessBuilder("ps", "eww", "-o", "command=", "-p", Long.toString(process.pid())).start();
            return new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).contains(marker);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void freeze() {
        Signals.untilStable("STOP", this::pids);
    }

    @Override
    public void thaw() {
        Signals.untilStable("CONT", this::pids);
    }

    @Override
    public void kill() {
        Signals.untilStable("KILL", this::pids);
    }

    @Override
    public SocketAddress route(int wanted) {
        return SocketAddress.inetSocketAddress(wanted == 3000 ? port : wanted, "127.0.0.1");
    }

    @Override
    public int sharedPort() {
        return port;
    }
}
