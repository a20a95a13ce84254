package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Makes and enters a machine's namespaces with util-linux. */
final class Namespaces {
    static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    /** Brings loopback up: SIOCSIFFLAGS, IFF_UP|IFF_RUNNING, where there is no ip. */
    private static final String LOOPBACK = "{ ip link set lo up || perl -e '"
            + "socket($s, 2, 2, 0); ioctl($s, 0x8914, pack(\"a16 s x22\", \"lo\", 0x41)) or exit 1'; } 2>/dev/null || exit 1;";

    /** What the machine has for itself of the files; what it changes lies in DEDALUS_LAYERS, and lowers stay as they are. */
    private static final List<String> LAYERED = List.of("root", "var", "etc", "usr", "home");

    private static final String LAYERS = "for d in $DEDALUS_LAYERED; do [ -d /$d ] && [ ! -L /$d ] || continue;"
            + "mkdir -p \"$DEDALUS_LAYERS/$d/upper\" \"$DEDALUS_LAYERS/$d/work\" && mount -t overlay overlay -o"
            + " \"lowerdir=/$d,upperdir=$DEDALUS_LAYERS/$d/upper,workdir=$DEDALUS_LAYERS/$d/work\" /$d || exit 1; done;"
            + "mount -t tmpfs -o mode=755 tmpfs /run || exit 1;";

    /** The first process: it reaps what is orphaned, and ends with its watch; everything inside ends with it. */
    private static final String INIT =
            "trap '' INT TERM HUP; exec 3<&0; %s & watch=$!; echo ready; exec </dev/null >/dev/null 2>&1;"
                    + "while kill -0 $watch; do wait $watch; done";

    private static final String UNTIL_THE_EMULATOR_IS_GONE = "cat <&3 >/dev/null 2>&1";
    private static final String FOR_EVER = "sleep 2147483647 <&3 >/dev/null 2>&1";

    private Namespaces() {}

    /** Asked once, when first needed: it takes three processes. */
    private static final class Host {
        static final boolean ALLOWS = ProcessTable.PROC
                && !Commands.output("nsenter", "--version").isEmpty()
                && !Commands.output("setsid", "--version").isEmpty()
                && Commands.output(unshare(LOOPBACK + "echo ready").toArray(String[]::new))
                        .startsWith("ready");
    }

    /** Whether this kernel, this user and the tools allow it. */
    static boolean supported() {
        return Host.ALLOWS;
    }

    /**
     * Whether machines whose files are below a directory can have the system's directories and Unix sockets for themselves:
     * only root can do that, and the file system has to take part.
     */
    static boolean layersSupported(Path directory) throws IOException {
        if (!ROOT || !supported()) {
            return false;
        }
        Path trial = Files.createTempDirectory(directory, "layers-");
        try {
            Process process = builder(LAYERS + "echo ready", trial)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).startsWith("ready");
        } finally {
            FileTrees.delete(trial);
        }
    }

    /** Those of the system's directories that machines below a directory share all the same: it lies in there. */
    static List<String> shared(Path directory) {
        return LAYERED.stream()
                .filter(name -> directory.startsWith(Path.of("/", name)))
                .map(name -> "/" + name)
                .toList();
    }

    private static ProcessBuilder builder(String script, Path layers) {
        ProcessBuilder builder = new ProcessBuilder(unshare(script));
        if (layers != null) {
            List<String> shared = shared(layers);
            builder.environment().put("DEDALUS_LAYERS", layers.toString());
            builder.environment()
                    .put(
                            "DEDALUS_LAYERED",
                            LAYERED.stream()
                                    .filter(name -> !shared.contains("/" + name))
                                    .collect(Collectors.joining(" ")));
        }
        return builder;
    }

    /** Boots the first process of a machine; returns unshare, whose child it is. {@code layers}: see LAYERS; null: none. */
    static Process create(String mark, Path layers) throws IOException {
        String watch = mark == null ? FOR_EVER : UNTIL_THE_EMULATOR_IS_GONE;
        ProcessBuilder builder = builder(LOOPBACK + (layers == null ? "" : LAYERS) + INIT.formatted(watch), layers);
        if (mark != null) {
            builder.environment().put(MarkerSandbox.VARIABLE, mark);
        }
        Process outer = builder.redirectErrorStream(true).start();
        BufferedReader out = new BufferedReader(new InputStreamReader(outer.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (!"ready".equals(line)) {
            outer.destroyForcibly();
            throw new IOException("A machine's namespaces did not come up: " + line);
        }
        return outer;
    }

    private static List<String> unshare(String script) {
        List<String> argv = new ArrayList<>(List.of("unshare"));
        if (!ROOT) {
            argv.addAll(List.of("--user", "--map-root-user"));
        }
        argv.addAll(List.of("--net", "--pid", "--fork", "--kill-child", "--mount-proc", "setsid", "sh", "-c", script));
        return argv;
    }

    /** The words before a command that is to run inside. */
    static List<String> enter(long pid, String... namespaces) {
        List<String> argv = new ArrayList<>(List.of("nsenter", "--target", Long.toString(pid)));
        if (!ROOT) {
            argv.addAll(List.of("--user", "--preserve-credentials"));
        }
        argv.addAll(List.of(namespaces));
        argv.add("--");
        return argv;
    }
}
