package io.jenkins.plugins.dedalus.emulator;

import io.vertx.core.net.SocketAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A PID and a network namespace of the machine's own: it has all ports to itself, and nothing leaves it. */
final class NamespaceSandbox implements Sandbox {
    private static final String INIT =
            "(ip link set lo up || perl -e '"
                    + "socket(S,2,2,0); $r=pack(\"Z16 s x22\",\"lo\",0x49); ioctl(S,0x8914,$r) or exit 1') 2>/dev/null || exit 1;"
                    + "echo ready; exec >/dev/null 2>&1 </dev/null; while :; do sleep 3600 & wait $!; done";

    private final Path directory;
    private final Path socket;
    private Process outer;
    private long init;
    private Process relay;

    private NamespaceSandbox(Path directory, Path socket) {
        this.directory = directory;
        this.socket = socket;
    }

    static NamespaceSandbox boot(Path directory, Path socket) throws IOException {
        NamespaceSandbox sandbox = new NamespaceSandbox(directory, socket);
        sandbox.bootInit();
        return sandbox;
    }

    /** Whether this kernel and user can have namespaces. */
    static boolean supported() {
        try {
            Process process = new ProcessBuilder(unshare("true"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<String> unshare(String script) {
        List<String> argv = new ArrayList<>(List.of("unshare"));
        if (!"root".equals(System.getProperty("user.name"))) {
            argv.addAll(List.of("--user", "--map-root-user"));
        }
        argv.addAll(List.of("--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script));
        return argv;
    }

    private void bootInit() throws IOException {
        outer = new ProcessBuilder(unshare(INIT)).redirectErrorStream(true).start();
        BufferedReader out = new BufferedReader(new InputStreamReader(outer.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (!"ready".equals(line)) {
            outer.destroyForcibly();
            throw new IOException("The machine's namespace did not come up: " + line);
        }
        init = outer.toHandle().children().findFirst().orElseThrow().pid();
    }

    @Override
    public Process start(List<String> argv, Map<String, String> env, Path cwd) throws IOException {
        List<String> inside = new ArrayList<>(enter("--net", "--pid", "--mount"));
        inside.addAll(List.of("sh", "-c", "cd \"$0\" && exec \"$@\"", cwd.toString()));
        inside.addAll(argv);
        ProcessBuilder builder = new ProcessBuilder(inside).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(env);
        return builder.start();
    }

    private List<String> enter(String... namespaces) {
        List<String> argv = new ArrayList<>(List.of("nsenter", "--target", Long.toString(init)));
        if (!"root".equals(System.getProperty("user.name"))) {
            argv.add("--user");
            argv.add("--preserve-credentials");
        }
        argv.addAll(List.of(namespaces));
        argv.add("--");
        return argv;
    }

    @Override
    public Set<Long> pids() {
        Path mine = Path.of("/proc", Long.toString(init), "ns", "pid");
        String id = link(mine);
        if (id == null) {
            return Set.of();
        }
        Set<Long> all = Signals.find(entry -> id.equals(link(entry.resolve("ns/pid"))));
        all.remove(init);
        return all;
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            return null;
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
        if (relay != null) {
            relay.destroyForcibly();
            relay = null;
        }
        Signals.send("KILL", Set.of(init));
        outer.destroyForcibly();
        try {
            outer.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized SocketAddress route(int port) {
        if (relay == null || !relay.isAlive()) {
            try {
                startRelay();
            } catch (IOException e) {
                throw new IllegalStateException("The machine's relay did not start: " + e.getMessage(), e);
            }
        }
        return SocketAddress.domainSocketAddress(socket.toString());
    }

    private void startRelay() throws IOException {
        List<String> argv = enter("--net");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        argv.addAll(List.of(
                java,
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                NamespaceRelay.class.getName(),
                socket.toString()));
        relay = new ProcessBuilder(argv)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(relay.getInputStream(), StandardCharsets.UTF_8));
        if (!"ready".equals(out.readLine())) {
            throw new IOException("it printed no ready line");
        }
    }

    @Override
    public int sharedPort() {
        return 0;
    }
}
