package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.AuthenticationException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.client.error.SleepHoldException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.DesiredState;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.ExecutionOutput;
import io.jenkins.plugins.dedalus.client.model.ExecutionStatus;
import io.jenkins.plugins.dedalus.client.model.Granularity;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.client.model.MachineStatus;
import io.jenkins.plugins.dedalus.client.model.MachineUpdate;
import io.jenkins.plugins.dedalus.client.model.Page;
import io.jenkins.plugins.dedalus.client.model.PreviewUrl;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlCreate;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlStatus;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.CallLog;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call of the client against the emulator, in all API generations: both sides read one contract. */
class ClientEmulatorTest {

    private static final RequestOptions NONE = RequestOptions.none();
    private static final MachineCreate SMALL = new MachineCreate(1, 1024, 10, "never");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aMachineLivesItsWholeLife(int generation) throws IOException {
        try (Emulator emulator = start(generation);
                DedalusClient client = client(emulator)) {
            MachinesApi machines = client.machines();
            Machine created = machines.create(SMALL, NONE.withIdempotencyKey("create-1"));
            assertThat(machines.create(SMALL, NONE.withIdempotencyKey("create-1"))
                            .machineId())
                    .isEqualTo(created.machineId());
            assertThatThrownBy(() ->
                            machines.create(new MachineCreate(2, 1024, 10, null), NONE.withIdempotencyKey("create-1")))
                    .isInstanceOf(IdempotencyKeyReusedException.class);
            String id = created.machineId();

            awaitRunning(machines, id);

            Machine read = machines.get(id, NONE);
            assertThat(read.vcpu()).isEqualTo(1);
            assertThat(read.memoryMib()).isEqualTo(1024);
            assertThat(read.autosleepSeconds()).isZero();
            assertThat(read.desiredState()).isEqualTo(DesiredState.RUNNING);

            Machine listed = machines.listAll(NONE).get(0);
            assertThat(listed.machineId()).isEqualTo(id);
            assertThat(listed.createdAt())
                    .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));

            machines.update(id, new MachineUpdate(null, null, 20, "15m"), NONE);
            assertThat(machines.get(id, NONE).storageGib()).isEqualTo(20);
            assertThat(machines.get(id, NONE).autosleepSeconds()).isEqualTo(900);
            assertThatThrownBy(() -> machines.update(id, new MachineUpdate(null, null, 5, null), NONE))
                    .isInstanceOf(DedalusException.class);

            machines.sleep(id, NONE);
            await().until(() -> machines.get(id, NONE).phase().equals(MachinePhase.SLEEPING));
            machines.wake(id, NONE);
            awaitRunning(machines, id);

            machines.delete(id, NONE);
            await().until(() -> gone(machines, id));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void commandsRunAndTheirOutputIsRead(int generation) throws IOException {
        try (Emulator emulator = start(generation);
                DedalusClient client = client(emulator)) {
            String id = running(client);
            ExecutionsApi executions = client.executions();
            Execution started = executions.create(
                    id,
                    new ExecutionCreate(
                            List.of("/bin/bash", "-s"),
                            null,
                            Map.of("WHO", "world"),
                            "echo \"hello $WHO\"; echo oops >&2; exit 3\n",
                            30_000L),
                    NONE);
            await().until(() -> executions.get(id, started.executionId(), NONE).finished());
            Execution ended = executions.get(id, started.executionId(), NONE);
            List<ExecutionEvent> events = await().until(
                            () -> executions
                                    .events(id, started.executionId(), null, null, NONE)
                                    .items(),
                            items -> items.stream().anyMatch(ExecutionEvent::lifecycle)
                                    && !written(items, ExecutionEvent::stderr).isEmpty()
                                    && !written(items, ExecutionEvent::stdout).isEmpty());

            assertThat(ended.status()).isEqualTo(ExecutionStatus.FAILED);
            assertThat(ended.exitCode()).isEqualTo(3);
            assertThat(ended.envKeys()).containsExactly("WHO");
            assertThat(written(events, ExecutionEvent::stdout)).isEqualTo("hello world\n");
            assertThat(written(events, ExecutionEvent::stderr)).isEqualTo("oops\n");
            ExecutionOutput output = executions.output(id, started.executionId(), NONE);
            assertThat(output.stdout()).isEqualTo("hello world\n");
            assertThat(output.stderrBytes()).isEqualTo(5);
            assertThat(executions.list(id, NONE))
                    .extracting(Execution::executionId)
                    .contains(started.executionId());
            Page<ExecutionEvent> first = executions.events(id, started.executionId(), null, 1, NONE);
            assertThat(first.items()).hasSize(1);

            Execution endless = executions.create(id, ExecutionCreate.of("/bin/sleep", "600"), NONE);
            executions.cancel(id, endless.executionId(), NONE);
            await().until(() -> executions.get(id, endless.executionId(), NONE).finished());
            assertThat(executions.get(id, endless.executionId(), NONE).status()).isEqualTo(ExecutionStatus.CANCELLED);
            assertThatThrownBy(() -> executions.get(id, "no-such-execution", NONE))
                    .isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void aMachineIsBootedAnewWhereTheApiCanDoThat() throws IOException {
        try (Emulator emulator = start(4);
                DedalusClient client = client(emulator)) {
            String id = running(client);
            Machine booted = client.machines().reboot(id, true, NONE);
            assertThat(booted.phase()).isEqualTo(MachinePhase.RUNNING);
            assertThat(emulator.calls().calls("POST", "/v1/machines/{id}/reboot"))
                    .extracting(CallLog.Call::query)
                    .containsExactly("force=true");
            MachineStatus status = client.machines().get(id, NONE).status();
            assertThat(status.memoryConfiguredMib()).isEqualTo(1024);
            assertThat(status.memoryResizeState()).isEqualTo("stable");
        }
        try (Emulator emulator = start(2);
                DedalusClient client = client(emulator)) {
            String id = running(client);
            assertThatThrownBy(() -> client.machines().reboot(id, false, NONE)).isInstanceOf(NotFoundException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void portsAreExposedWhateverTheyAreCalled(int generation) throws IOException {
        try (Emulator emulator = start(generation);
                DedalusClient client = client(emulator)) {
            String id = running(client);
            PreviewsApi previews = client.previews();
            PreviewUrl created =
                    previews.create(id, new PreviewUrlCreate(3000, Protocol.HTTP, Visibility.PUBLIC), NONE);
            await().until(() ->
                    previews.get(id, created.previewId(), NONE).status().equals(PreviewUrlStatus.READY));
            PreviewUrl ready = previews.get(id, created.previewId(), NONE);
            assertThat(ready.url()).startsWith("http");
            assertThat(ready.port()).isEqualTo(3000);
            assertThat(ready.visibility()).isEqualTo(generation == 3 ? null : Visibility.PUBLIC);
            assertThat(previews.list(id, NONE))
                    .extracting(PreviewUrl::previewId)
                    .containsExactly(created.previewId());
            previews.delete(id, created.previewId(), NONE);
            assertThat(previews.list(id, NONE)).allMatch(p -> p.status().equals(PreviewUrlStatus.CLOSED));
            assertThatThrownBy(() -> previews.get(id, "no-such-preview", NONE)).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void refusalsAreOfTheirClass() throws IOException {
        try (Emulator emulator = Emulator.start(EmulatorConfig.builder()
                        .holdWindow(Duration.ofMinutes(5))
                        .build());
                DedalusClient client = client(emulator);
                DedalusClient stranger = DedalusClient.builder()
                        .baseUrl(emulator.baseUrl().toString())
                        .apiKey("dsk-not-this-one")
                        .build()) {
            assertThatThrownBy(() -> stranger.machines().listAll(NONE))
                    .isInstanceOf(AuthenticationException.class)
                    .hasMessageNotContaining("dsk-not-this-one");
            assertThatThrownBy(() -> client.machines().create(new MachineCreate(-1, 1, 1, "soon"), NONE))
                    .isInstanceOf(ValidationException.class);
            assertThatThrownBy(() -> client.machines().get("dm-nowhere", NONE)).isInstanceOf(NotFoundException.class);

            String id = running(client);
            // There is no telling whether a creation counts as a wake: after an explicit one there is.
            trySleep(client, id);
            client.machines().wake(id, NONE);
            awaitRunning(client.machines(), id);
            assertThatThrownBy(() -> client.machines().sleep(id, NONE))
                    .isInstanceOfSatisfying(SleepHoldException.class, e -> {
                        assertThat(e.remaining()).isPresent();
                        assertThat(e.nextSleepEligibleAt()).isPresent();
                    });
        }
    }

    @Test
    void lostAnswersAndRateLimitsMakeNoSecondMachineAndNoSecondWake() throws IOException {
        try (Emulator emulator = start(2);
                DedalusClient client = client(emulator)) {
            emulator.faults().add(Fault.lostAnswer(1, "POST", "/v1/machines"));
            String id = running(client);
            assertThat(client.machines().listAll(NONE))
                    .extracting(Machine::machineId)
                    .containsExactly(id);
            assertThat(emulator.calls().count("POST", "/v1/machines")).isEqualTo(2);

            emulator.faults().add(Fault.api(1, "POST", ".*/wake", 429, "RATE_LIMITED", 20));
            assertThat(client.machines().wake(id, NONE).phase()).isEqualTo(MachinePhase.RUNNING);
            assertThat(emulator.calls().list().stream()
                            .filter(call -> call.path().endsWith("/wake"))
                            .map(CallLog.Call::idempotencyKey)
                            .distinct())
                    .hasSize(1);

            emulator.faults().add(Fault.api(-1, "DELETE", ".*", 500, "INTERNAL", 10));
            assertThatThrownBy(() -> client.machines().delete(id, NONE)).isInstanceOf(ServerException.class);
            emulator.faults().clear();
            assertThat(client.machines().get(id, NONE).phase()).isEqualTo(MachinePhase.RUNNING);
        }
    }

    @Test
    void usageIsRead() throws IOException {
        try (Emulator emulator = start(2);
                DedalusClient client = client(emulator)) {
            String id = running(client);
            assertThat(client.usage().summary(NONE).billedAwakeSeconds()).isNotNegative();
            assertThat(client.usage().compute(id, Granularity.HOUR, null, null, NONE))
                    .allMatch(row -> row.machineId().equals(id));
            assertThat(client.usage().storage(id, Granularity.DAY, Instant.now(), Instant.now(), NONE))
                    .allMatch(row -> row.machineId().equals(id));
        }
    }

    private static Emulator start(int generation) throws IOException {
        return Emulator.start(EmulatorConfig.builder().generation(generation).build());
    }

    private static DedalusClient client(Emulator emulator) {
        return DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .build();
    }

    private static String running(DedalusClient client) {
        String id = client.machines().create(SMALL, NONE).machineId();
        awaitRunning(client.machines(), id);
        return id;
    }

    private static void awaitRunning(MachinesApi machines, String id) {
        await().until(() -> machines.get(id, NONE).phase().equals(MachinePhase.RUNNING));
    }

    private static String written(List<ExecutionEvent> events, Predicate<ExecutionEvent> to) {
        return events.stream()
                .filter(event -> event.chunk() != null && to.test(event))
                .map(ExecutionEvent::chunk)
                .collect(Collectors.joining());
    }

    private static void trySleep(DedalusClient client, String id) {
        try {
            client.machines().sleep(id, NONE);
            await().until(() -> client.machines().get(id, NONE).phase().equals(MachinePhase.SLEEPING));
        } catch (SleepHoldException e) {
            assertThat(e.status()).isEqualTo(409);
        }
    }

    private static boolean gone(MachinesApi machines, String id) {
        try {
            return machines.get(id, NONE).phase().equals(MachinePhase.DESTROYED);
        } catch (NotFoundException e) {
            return true;
        }
    }
}
