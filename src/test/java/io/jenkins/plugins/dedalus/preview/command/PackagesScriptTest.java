package io.jenkins.plugins.dedalus.preview.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.command.MachineShell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Installs with an apt of the test's own, which writes down how it was called. */
@DisabledOnOs(OS.WINDOWS)
class PackagesScriptTest {
    @TempDir
    Path directory;

    private MachineShell shell;

    @BeforeEach
    void anAptOfOurOwn() throws IOException {
        shell = new MachineShell(directory);
        shell.tool("id", "[ \"$1\" = -u ] && echo 0 || echo root");
        shell.tool("dpkg-query", "[ -e '" + shell.root + "/installed/'\"${@: -1}\" ] && printf installed");
        shell.tool("apt-get", """
                cd '%s'
                echo "$DEBIAN_FRONTEND $*" >>calls
                [ -z "$DEDALUS_GIT_TOKEN" ] || echo "the token is handed on" >>calls
                if [ -e locked ]; then
                    rm locked
                    echo "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711 (apt)"
                    exit 100
                fi
                case " $* " in
                    *' install '*) ;;
                    *) exit 0 ;;
                esac
                cat usr/sbin/policy-rc.d | tail -n 1 >>calls
                mkdir -p installed
                while [ "$1" != install ]; do shift; done
                shift
                for name; do
                    [ "$name" != no-such ] || { echo "E: Unable to locate package $name"; exit 100; }
                    touch "installed/$name"
                done
                """.formatted(shell.root));
        shell.tool("sleep", ":");
    }

    @Test
    void whatIsMissingIsInstalledOnceAndAgainAfterTheRootFileSystemWasReset() throws IOException {
        Files.createDirectories(shell.root.resolve("installed"));
        Files.createFile(shell.root.resolve("installed/git"));
        Files.createFile(shell.root.resolve("locked"));
        Outcome first = install("git nodejs npm");
        assertThat(first).isEqualTo(new Outcome(0, "installing nodejs npm\n[dedalus] installed nodejs npm\n"));
        assertThat(calls())
                .as(
                        "one update, after the lock was waited for; only what is missing; nobody is asked; nothing is started")
                .filteredOn(call -> call.endsWith("update"))
                .hasSize(2);
        assertThat(calls())
                .anyMatch(call -> call.startsWith("noninteractive ") && call.endsWith(" install nodejs npm"))
                .contains("exit 101");
        assertThat(shell.root.resolve("usr/sbin/policy-rc.d")).doesNotExist();

        Files.delete(shell.root.resolve("calls"));
        assertThat(install("git nodejs npm")).isEqualTo(new Outcome(0, ""));
        assertThat(shell.root.resolve("calls")).doesNotExist();

        for (String lost : List.of("installed/nodejs", "installed/npm", "var/lib/dedalus-preview/packages")) {
            Files.delete(shell.root.resolve(lost));
        }
        assertThat(install("git nodejs npm").output()).endsWith("[dedalus] installed nodejs npm\n");
        assertThat(shell.root.resolve("installed/npm")).exists();
        assertThat(install("git")).as("a shorter list").isEqualTo(new Outcome(0, ""));
    }

    @Test
    void whyPackagesCanNotBeInstalledIsOneSentence() throws IOException {
        assertThat(install("git no-such"))
                .extracting(Outcome::code, Outcome::output)
                .satisfies(parts -> {
                    assertThat(parts.get(0)).isEqualTo(69);
                    assertThat(parts.get(1).toString())
                            .endsWith(
                                    "[dedalus] the packages git no-such can't be installed: Unable to locate package no-such\n");
                });
        String without =
                shell.script("apt.sh", "ensure-packages.sh").replace("command -v apt-get", "command -v no-apt");
        assertThat(shell.run(without, list("npm")))
                .isEqualTo(new Outcome(
                        69,
                        "[dedalus] this machine lacks npm, and has no apt-get to install packages with: use one that runs"
                                + " Debian or Ubuntu, or bring what is needed in the setup script\n"));
        shell.tool("id", "[ \"$1\" = -u ] && echo 1000 || echo guest");
        shell.tool("sudo", "exit 1");
        assertThat(install("npm"))
                .isEqualTo(new Outcome(
                        69,
                        "[dedalus] this machine lacks npm, and only root can install packages: its user is guest, without"
                                + " sudo\n"));
        shell.tool("sudo", "[ \"$1\" = -n ] && shift; exec \"$@\"");
        assertThat(install("npm").output()).endsWith("[dedalus] installed npm\n");
    }

    @Test
    void aMachineWithoutGitGetsItOrSaysSo() throws IOException {
        String fetch = shell.script("apt.sh", "fetch.sh")
                .replace("export PATH=", "export IGNORED=")
                .replace("command -v git", "command -v git-of-the-test");
        Map<String, String> env = Map.of(
                "DEDALUS_GIT_URL",
                shell.root + "/none",
                "DEDALUS_GIT_COMMIT",
                "a".repeat(40),
                "DEDALUS_GIT_TOKEN",
                "t0ken");
        assertThat(shell.run(fetch, env).output()).startsWith("installing git\n[dedalus] installed git\n");
        assertThat(calls()).doesNotContain("the token is handed on");
        Files.delete(shell.root.resolve("installed/git"));
        assertThat(shell.run(fetch.replace("command -v apt-get", "command -v no-apt"), env))
                .extracting(Outcome::code, outcome -> outcome.output().lines().count())
                .containsExactly(69, 1L);
    }

    @Test
    void whatPersistsLiesInTheDirectoryThatIsMounted() throws IOException {
        Path shared = Path.of("/dev/shm");
        org.assertj.core.api.Assumptions.assumeThat(Files.isWritable(shared)
                        && Files.readString(Path.of("/proc/mounts")).contains(" /dev/shm "))
                .isTrue();
        String where = shell.script() + "echo \"$HOME\"";
        assertThat(shell.run(where, Map.of()).output().trim()).isEqualTo(shell.home.toString());
        assertThat(shell.run(where.replace("/home/machine", "/dev/shm"), Map.of())
                        .output()
                        .trim())
                .isEqualTo("/dev/shm");
    }

    private Outcome install(String packages) {
        return shell.run(shell.script("apt.sh", "ensure-packages.sh"), list(packages));
    }

    private static Map<String, String> list(String packages) {
        return Map.of("DEDALUS_PRIVATE_PACKAGES", packages, "DEDALUS_PRIVATE_MARK", "dm-1");
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(shell.root.resolve("calls"));
    }
}
