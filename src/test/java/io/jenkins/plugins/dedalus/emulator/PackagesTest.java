package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages that machines install without a network. */
class PackagesTest {
    private static final String STATUS = "dpkg-query -W -f '${db:Status-Status}' greeter || true";
    private static final String INSTALL =
            "apt-get -q -y -o DPkg::Lock::Timeout=120 update && apt-get -q -y -o DPkg::Lock::Timeout=120 install greeter";

    @TempDir
    private Path directory;

    private Emulator emulator;
    private Api api;

    private void start(boolean namespaces) throws IOException {
        Path root = directory.resolve("greeter/root/usr/local/lib/greeter/bin");
        Path program = Files.writeString(
                Files.createDirectories(root).resolve("greet"), "#!/bin/sh\necho hello $(cat /etc/greeted)\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("greeter/postinst"), "echo world >/etc/greeted\n");
        emulator = Emulator.start(EmulatorConfig.builder()
                .namespaces(namespaces)
                .packages(directory)
                .build());
        api = new Api(emulator);
    }

    @AfterEach
    void stop() {
        if (emulator != null) {
            emulator.close();
        }
    }

    @Test
    void aMachineInstallsAPackageForItselfUntilItsRootIsReset() throws IOException {
        start(true);
        assumeThat(emulator.shared()).startsWith("each has /root /var /etc /usr /home and /run of its own");
        assertThat(emulator.packages()).containsExactly("greeter");
        String id = api.machine();
        assertThat(api.run(id, STATUS)).isEmpty();
        assertThat(api.run(id, "umask 077; " + INSTALL)).contains("Setting up greeter");
        assertThat(api.run(id, STATUS)).isEqualTo("installed");
        assertThat(api.run(id, "/usr/local/lib/greeter/bin/greet")).isEqualTo("hello world\n");
        assertThat(api.run(id, "ls -ld /usr/local/lib/greeter/bin /usr/local/lib"))
                .contains("drwxr-xr-x")
                .doesNotContain("drwx------");
        assertThat(api.run(id, INSTALL)).contains("greeter is already the newest version");
        assertThat(api.run(api.machine(), STATUS)).isEmpty();

        emulator.faults().add(Fault.of(Fault.Kind.ROOT_RESET));
        api.post("/v1/machines/" + id + "/sleep", null);
        api.post("/v1/machines/" + id + "/wake", null);
        assertThat(api.run(id, STATUS)).isEmpty();
    }

    @Test
    void whatTheEmulatorWasNotGivenCanNotBeFound() throws IOException {
        start(true);
        String id = api.machine();
        String install = api.start(id, "apt-get", "install", "-y", "no-such-package");
        assertThat(api.awaitEnd(id, install).get("exit_code").asInt()).isEqualTo(100);
        assertThat(api.output(id, install).get("stderr").asText())
                .isEqualTo("E: Unable to locate package no-such-package (this emulated machine has no network, and the"
                        + " emulator was given greeter)\n");
    }

    /** As on macOS: there is no root file system to install anything on. */
    @Test
    void whereMachinesShareTheRootFileSystemPackagesAreThereFromTheStart() throws IOException {
        start(false);
        String id = api.machine();
        assertThat(api.run(id, STATUS)).isEqualTo("installed");
        assertThat(api.run(id, INSTALL)).contains("greeter is already the newest version");
        assertThat(api.run(id, "command -v greet")).endsWith("/greeter/bin/greet\n");
    }

    @Test
    void aDirectoryWithoutPackagesIsRefused() {
        assertThatThrownBy(() -> Emulator.start(
                        EmulatorConfig.builder().packages(directory).build()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("There is no package in");
        assertThatThrownBy(() -> {
                    Files.createDirectory(directory.resolve("empty"));
                    Emulator.start(EmulatorConfig.builder().packages(directory).build());
                })
                .hasMessageContaining("has no directory 'root'");
    }
}
