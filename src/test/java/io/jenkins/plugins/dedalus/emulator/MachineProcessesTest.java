package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes, with namespaces and without. */
class MachineProcessesTest {
    private static final boolean PROC = Files.exists(Path.of("/proc/self/stat"));

    private static Emulator emulator(boolean namespaces) throws IOException {
        Emulator emulator =
                Emulator.start(EmulatorConfig.builder().namespaces(namespaces).build());
        if (namespaces && !emulator.namespaces()) {
            emulator.close();
            assumeThat(namespaces).as("namespaces on this host").isFalse();
        }
        return emulator;
    }

    private static boolean alive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent() && state(pid) != 'Z';
    }

    private static char state(long pid) {
        try {
            String stat = PROC ? Files.readString(Path.of("/proc/" + pid + "/stat")) : ") ?";
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return 'X';
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDetachedServerFreezesResumesWithItsCounterAndDies(boolean namespaces) throws IOException {
        try (Emulator emulator = emulator(namespaces)) {
            Api api = new Api(emulator);
            String id = api.machine();
            String url = api.app(id, 3000);
            assertThat(api.fetch(url + "/count").body()).isEqualTo("1");

            assertThat(api.post("/v1/machines/" + id + "/sleep", null).status()).isEqualTo(200);
            Set<Long> pids = emulator.machine(id).pids();
            assertThat(pids).isNotEmpty().allMatch(MachineProcessesTest::alive);
            if (PROC) {
                // The kernel stops a process when it gets to it.
                await().untilAsserted(() -> assertThat(pids).allMatch(pid -> state(pid) == 'T'));
            }
            assertThat(api.fetch(url + "/count").statusCode()).isEqualTo(503);

            api.post("/v1/machines/" + id + "/wake", null);
            assertThat(api.fetch(url + "/count").body()).isEqualTo("2");

            Path home = emulator.machine(id).home();
            assertThat(home.resolve("app.log")).exists();
            api.delete("/v1/machines/" + id);
            api.awaitPhase(id, "destroyed");
            assertThat(pids).noneMatch(MachineProcessesTest::alive);
            assertThat(home.getParent()).doesNotExist();
        }
    }

    @Test
    void twoMachinesListenOnTheSamePort() throws IOException {
        try (Emulator emulator = emulator(true)) {
            Api api = new Api(emulator);
            String one = api.app(api.machine(), 3000);
            String other = api.app(api.machine(), 3000);
            assertThat(api.fetch(one + "/count").body()).isEqualTo("1");
            assertThat(api.fetch(one + "/count").body()).isEqualTo("2");
            assertThat(api.fetch(other + "/count").body()).isEqualTo("1");
        }
    }

    @Test
    void withoutNamespacesMachinesGetPortsOfTheirOwn() throws IOException {
        try (Emulator emulator = emulator(false)) {
            Api api = new Api(emulator);
            String first = api.machine();
            String second = api.machine();
            assertThat(api.run(first, "echo $PORT")).isNotEqualTo(api.run(second, "echo $PORT"));
            assertThat(api.fetch(api.app(first, 3000) + "/count").body()).isEqualTo("1");
            assertThat(api.fetch(api.app(second, 3000) + "/count").body()).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProcessThatKeepsForkingIsFrozenWholly(boolean namespaces) throws IOException {
        assumeThat(PROC).isTrue();
        try (Emulator emulator = emulator(namespaces)) {
            Api api = new Api(emulator);
            String id = api.machine();
            api.run(
                    id,
                    "for i in 1 2 3; do setsid sh -c 'while :; do (sleep 0.01; :) & wait; done' >/dev/null 2>&1 </dev/null & done");
            api.post("/v1/machines/" + id + "/sleep", null);
            Set<Long> frozen = emulator.machine(id).pids();
            assertThat(frozen).isNotEmpty();
            await().during(Duration.ofMillis(200)).untilAsserted(() -> {
                assertThat(emulator.machine(id).pids()).isEqualTo(frozen);
                // The kernel stops a process when it gets to it.
                await().untilAsserted(() -> assertThat(frozen).allMatch(pid -> state(pid) == 'T'));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDaemonThatHidesItsEnvironmentAndItsParentDiesTheSame(boolean namespaces) throws IOException {
        assumeThat(PROC).isTrue();
        try (Emulator emulator = emulator(namespaces)) {
            Api api = new Api(emulator);
            String id = api.machine();
            String parent = api.start(
                    id,
                    "/bin/sh",
                    "-c",
                    "env -i setsid sh -c 'echo $$ >pid; exec sleep 1000' >/dev/null 2>&1 </dev/null &\n"
                            + "until [ -e go ]; do sleep 0.02; done");
            Path home = emulator.machine(id).home();
            await().until(() -> Files.exists(home.resolve("pid")) && Files.size(home.resolve("pid")) > 0);
            // Seen while its parent lived, it is known afterwards.
            assertThat(emulator.machine(id).pids()).hasSizeGreaterThan(1);
            Files.createFile(home.resolve("go"));
            api.awaitEnd(id, parent);
            Set<Long> pids = emulator.machine(id).pids();
            assertThat(pids).hasSize(1);
            api.delete("/v1/machines/" + id);
            api.awaitPhase(id, "destroyed");
            assertThat(pids).noneMatch(MachineProcessesTest::alive);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingLeavesNoProcessBehind(boolean namespaces) throws IOException {
        Set<Long> before = children();
        Set<Long> pids = new HashSet<>();
        Path state;
        try (Emulator emulator = emulator(namespaces)) {
            Api api = new Api(emulator);
            state = emulator.state();
            for (String id : List.of(api.machine(), api.machine(), api.machine())) {
                api.app(id, 3000);
                api.start(id, "sleep", "1000");
                api.run(id, "setsid sh -c 'sleep 1000 & sleep 1000' >/dev/null 2>&1 </dev/null &");
                pids.addAll(emulator.machine(id).pids());
            }
            api.post("/v1/machines/" + emulator.machines().get(0).id() + "/sleep", null);
            assertThat(pids).hasSizeGreaterThanOrEqualTo(9);
            pids.addAll(children());
        }
        pids.removeAll(before);
        await().until(() -> pids.stream().noneMatch(MachineProcessesTest::alive));
        assertThat(state).doesNotExist();
    }

    private static Set<Long> children() {
        Set<Long> pids = new HashSet<>();
        ProcessHandle.current().descendants().forEach(process -> pids.add(process.pid()));
        return pids;
    }

    @Test
    void memoryLostOnAWakeLeavesTheHomeDirectory() throws IOException {
        try (Emulator emulator = emulator(true)) {
            Api api = new Api(emulator);
            String id = api.machine();
            api.run(id, "echo kept >file; setsid sleep 1000 >/dev/null 2>&1 </dev/null &");
            api.post("/v1/machines/" + id + "/sleep", null);
            emulator.faults().add(Fault.of(Fault.Kind.MEMORY_LOST));
            api.post("/v1/machines/" + id + "/wake", null);
            assertThat(api.phase(id)).isEqualTo("running");
            assertThat(emulator.machine(id).pids()).isEmpty();
            assertThat(api.run(id, "cat file")).isEqualTo("kept\n");
        }
    }
}
