package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What machines have for themselves of the file system, where overlays can be had. */
class MachineFilesTest {
    private static final String LOOK = "for f in /run/a.sock /var/run/a.sock /var/lib/a /etc/a /usr/local/a /home/a"
            + " /root/a; do [ -e $f ] && echo $f; done; true";

    private Emulator emulator;
    private Api api;

    @BeforeEach
    void start() throws IOException {
        emulator = Emulator.start(EmulatorConfig.defaults());
        api = new Api(emulator);
        assumeThat(emulator.shared()).startsWith("each has /root /var /etc /usr /home and /run of its own");
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    private String scribble(String machine) {
        api.run(
                machine,
                "touch /run/a.sock /var/lib/a /etc/a /usr/local/a /home/a /root/a; echo kept > ~/kept;"
                        + " (setsid sleep 1000 >/dev/null 2>&1 </dev/null &)");
        return api.run(machine, LOOK);
    }

    private void wakeWith(String machine, Fault.Kind fault) {
        emulator.faults().add(Fault.of(fault));
        api.post("/v1/machines/" + machine + "/sleep", null);
        api.post("/v1/machines/" + machine + "/wake", null);
    }

    @Test
    void noSocketAndNoFileOfOneMachineIsThereOnAnotherOrOnTheHost() {
        String one = api.machine();
        assertThat(scribble(one)).contains("/run/a.sock", "/var/run/a.sock", "/etc/a", "/root/a");
        assertThat(api.run(api.machine(), LOOK)).isEmpty();
        for (String path : new String[] {"/run/a.sock", "/var/lib/a", "/etc/a", "/usr/local/a", "/home/a", "/root/a"}) {
            assertThat(Path.of(path)).doesNotExist();
        }
    }

    /** Database servers refuse to be root, and their data is in the home directory. */
    @Test
    void anotherUserGetsIntoTheHomeDirectory() {
        assumeThat(api.run(api.machine(), "command -v setpriv || true"))
                .as("setpriv")
                .isNotEmpty();
        String nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
        assertThat(api.run(api.machine(), "echo kept >kept; " + nobody + "cat \"$HOME/kept\""))
                .isEqualTo("kept\n");
    }

    @Test
    void filesAreDeletedWithTheMachine() {
        String id = api.machine();
        scribble(id);
        Path directory = emulator.machine(id).home().getParent();
        assertThat(directory.resolve("layers/etc/upper/a")).exists();
        api.delete("/v1/machines/" + id);
        api.awaitPhase(id, "destroyed");
        assertThat(Files.exists(directory)).isFalse();
    }

    @Test
    void lostMemoryTakesProcessesAndSocketsAndNoOtherFile() {
        String id = api.machine();
        scribble(id);
        wakeWith(id, Fault.Kind.MEMORY_LOST);
        assertThat(emulator.machine(id).pids()).isEmpty();
        assertThat(api.run(id, LOOK)).isEqualTo("/var/lib/a\n/etc/a\n/usr/local/a\n/home/a\n/root/a\n");
        assertThat(api.run(id, "cat ~/kept")).isEqualTo("kept\n");
    }

    @Test
    void aResetRootLeavesTheHomeDirectoryOnly() {
        String id = api.machine();
        scribble(id);
        wakeWith(id, Fault.Kind.ROOT_RESET);
        assertThat(emulator.machine(id).pids()).isEmpty();
        assertThat(api.run(id, LOOK)).isEmpty();
        assertThat(api.run(id, "cat ~/kept")).isEqualTo("kept\n");
    }
}
