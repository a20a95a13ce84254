package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes and enters a machine's namespaces with util-linux. */
final class Namespaces {
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    /** Brings loopback up: SIOCSIFFLAGS, IFF_UP|IFF_RUNNING, where there is no ip. */
    private static final String LOOPBACK = "{ ip link set lo up || perl -e '"
            + "socket($s, 2, 2, 0); ioctl($s, 0x8914, pack(\"a16 s x22\", \"lo\", 0x41)) or exit 1'; } 2>/dev/null || exit 1;";

    /** The first process: it reaps what is orphaned, and ends with its watch; everything inside ends with it. */
    private static final String INIT = LOOPBACK
            + "trap '' INT TERM HUP; exec 3<&0; %s & watch=$!; echo ready; exec </dev/null >/dev/null 2>&1;"
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

    /** Boots the first process of a machine; returns unshare, whose child it is. */
    static Process create(boolean ephemeral) throws IOException {
        String watch = ephemeral ? UNTIL_THE_EMULATOR_IS_GONE : FOR_EVER;
        Process outer = new ProcessBuilder(unshare(INIT.formatted(watch)))
                .redirectErrorStream(true)
                .start();
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
