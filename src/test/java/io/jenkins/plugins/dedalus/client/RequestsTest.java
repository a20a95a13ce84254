package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.ComputeUsage;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.ExecutionOutput;
import io.jenkins.plugins.dedalus.client.model.ExecutionStatus;
import io.jenkins.plugins.dedalus.client.model.Granularity;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachineUpdate;
import io.jenkins.plugins.dedalus.client.model.Page;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlCreate;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlStatus;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire, call by call, and what is refused before. */
class RequestsTest {

    private static final RequestOptions NONE = RequestOptions.none();
    private static final String EXECUTION = "{\"execution_id\":\"ex_1\",\"machine_id\":\"dm-1\",\"status\":\"queued\"}";
    private static final String PREVIEW =
            "{\"preview_id\":\"pv_1\",\"machine_id\":\"dm-1\",\"port\":3000,\"status\":\"ready\",\"url\":\"http://x/\"}";

    private final ApiServer api = new ApiServer();
    private final DedalusClient client = api.client;

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void createsAMachine() {
        api.then(ApiServer.json(202, ApiServer.MACHINE).build());

        Machine machine = client.machines().create(new MachineCreate(0.5, 1024, 10, "15m"), NONE);

        assertThat(machine.machineId()).isEqualTo("dm-1");
        assertThat(api.lines()).containsExactly("POST /v1/machines");
        assertThat(ApiServer.body(api.request(0)))
                .isEqualTo("{\"vcpu\":0.5,\"memory_mib\":1024,\"storage_gib\":10,\"autosleep\":\"15m\"}");
        assertThat(api.headers("Authorization")).containsExactly("Bearer " + ApiServer.KEY);
        assertThat(api.headers("Content-Type")).containsExactly("application/json");
        assertThat(api.headers("Accept")).containsExactly("application/json");
        assertThat(api.headers("User-Agent")).containsExactly("dedalus-preview");
        assertThat(api.headers("Idempotency-Key").get(0)).hasSizeGreaterThan(30);
        assertThat(api.headers("X-Dedalus-Org-Id")).containsOnlyNulls();
    }

    @Test
    void leavesOutWhatIsNull() {
        api.thenJson(ApiServer.MACHINE).thenJson(ApiServer.MACHINE);

        client.machines().create(new MachineCreate(1, 1024, 10, null), NONE);
        client.machines().update("dm-1", new MachineUpdate(null, null, 20, null), NONE);

        assertThat(ApiServer.body(api.request(0))).doesNotContain("autosleep");
        assertThat(ApiServer.body(api.request(1))).isEqualTo("{\"storage_gib\":20}");
    }

    @Test
    void namesTheOrganisationAndTheAgent() {
        api.thenJson(ApiServer.MACHINE);
        try (DedalusClient ours =
                api.builder().organizationId("org-7").userAgent("jenkins/1").build()) {
            ours.machines().get("dm-1", NONE);
        }
        assertThat(api.headers("X-Dedalus-Org-Id")).containsExactly("org-7");
        assertThat(api.headers("User-Agent")).containsExactly("jenkins/1");
    }

    @Test
    void readsAreGetsWithoutAKeyOfTheirOwn() {
        api.thenJson(ApiServer.MACHINE);
        client.machines().get("dm-1", RequestOptions.none().withIdempotencyKey("k"));
        assertThat(api.lines()).containsExactly("GET /v1/machines/dm-1");
        assertThat(api.headers("Idempotency-Key")).containsOnlyNulls();
    }

    @Test
    void changesSleepsWakesAndDeletes() {
        RequestOptions keyed = RequestOptions.none().withIdempotencyKey("key-1");
        api.thenJson(ApiServer.MACHINE)
                .thenJson(ApiServer.MACHINE)
                .thenJson(ApiServer.MACHINE)
                .thenJson(ApiServer.MACHINE);

        client.machines().update("dm-1", new MachineUpdate(2.0, 4096, null, "never"), keyed);
        client.machines().sleep("dm-1", keyed);
        client.machines().wake("dm-1", keyed);
        client.machines().delete("dm-1", keyed);

        assertThat(api.lines())
                .containsExactly(
                        "PATCH /v1/machines/dm-1",
                        "POST /v1/machines/dm-1/sleep",
                        "POST /v1/machines/dm-1/wake",
                        "DELETE /v1/machines/dm-1");
        assertThat(api.headers("Idempotency-Key")).containsOnly("key-1");
        assertThat(api.headers("If-Match")).containsOnlyNulls();
        assertThat(ApiServer.body(api.request(0)))
                .isEqualTo("{\"vcpu\":2.0,\"memory_mib\":4096,\"autosleep\":\"never\"}");
    }

    @Test
    void listsPageByPage() {
        api.thenJson("{\"items\":[" + ApiServer.MACHINE + ",null],\"next_cursor\":\"a b&c\"}")
                .thenJson("{\"items\":[" + ApiServer.MACHINE.replace("dm-1", "dm-2") + "]}");

        assertThat(client.machines().listAll(NONE))
                .extracting(Machine::machineId)
                .containsExactly("dm-1", "dm-2");
        assertThat(api.lines())
                .containsExactly("GET /v1/machines?limit=100", "GET /v1/machines?cursor=a%20b%26c&limit=100");

        api.thenJson("{\"items\":null,\"next_cursor\":null}");
        Page<Machine> page = client.machines().list(5, "x", NONE);
        assertThat(page.items()).isEmpty();
        assertThat(page.nextCursor()).isNull();
        assertThat(api.lines().get(2)).contains("limit=5").contains("cursor=x");
    }

    @Test
    void aListThatNeverEndsIsAnError() {
        api.thenJson("{\"items\":[],\"next_cursor\":\"a\"}").thenJson("{\"items\":[],\"next_cursor\":\"a\"}");
        assertThatThrownBy(() -> client.machines().listAll(NONE))
                .isInstanceOf(MalformedResponseException.class)
                .hasMessageContaining("circle");
    }

    @Test
    void startsACommand() {
        Map<String, String> env = new LinkedHashMap<>();
        env.put("B", "2");
        env.put("A", "");
        api.thenJson(EXECUTION);

        client.executions()
                .create("dm-1", new ExecutionCreate(List.of("/bin/bash", "-s"), "/srv", env, "echo hi\n", 9000L), NONE);

        assertThat(api.lines()).containsExactly("POST /v1/machines/dm-1/executions");
        assertThat(ApiServer.body(api.request(0)))
                .isEqualTo("{\"command\":[\"/bin/bash\",\"-s\"],\"cwd\":\"/srv\",\"env\":{\"B\":\"2\",\"A\":\"\"},"
                        + "\"stdin\":\"echo hi\\n\",\"timeout_ms\":9000}");
    }

    @Test
    void readsCancelsAndListsExecutions() {
        api.thenJson(EXECUTION)
                .thenJson(EXECUTION)
                .then(new mockwebserver3.MockResponse.Builder().code(204).build())
                .thenJson(EXECUTION)
                .thenJson("{\"items\":[" + EXECUTION + "],\"next_cursor\":\"2\"}")
                .thenJson("{\"items\":[" + EXECUTION + "]}")
                .thenJson("{\"execution_id\":\"ex_1\",\"stdout\":\"a\",\"stderr\":null,\"stdout_bytes\":1,"
                        + "\"stderr_bytes\":0,\"stdout_truncated\":true,\"stderr_truncated\":false}")
                .thenJson("{\"items\":[{\"sequence\":4,\"type\":\"stdout\",\"chunk\":\"a\"}],\"next_cursor\":\"5\"}");

        assertThat(client.executions().get("dm-1", "ex_1", NONE).status()).isEqualTo(ExecutionStatus.QUEUED);
        assertThat(client.executions().cancel("dm-1", "ex_1", NONE).executionId())
                .isEqualTo("ex_1");
        assertThat(client.executions().cancel("dm-1", "ex_1", NONE).executionId())
                .isEqualTo("ex_1");
        assertThat(client.executions().list("dm-1", NONE)).hasSize(2);
        ExecutionOutput output = client.executions().output("dm-1", "ex_1", NONE);
        assertThat(output.stdout()).isEqualTo("a");
        assertThat(output.stderr()).isEmpty();
        assertThat(output.stdoutTruncated()).isTrue();
        Page<ExecutionEvent> events = client.executions().events("dm-1", "ex_1", "3", 9, NONE);
        assertThat(events.items().get(0).stdout()).isTrue();
        assertThat(events.nextCursor()).isEqualTo("5");

        assertThat(api.lines().subList(0, 7))
                .containsExactly(
                        "GET /v1/machines/dm-1/executions/ex_1",
                        "DELETE /v1/machines/dm-1/executions/ex_1",
                        "DELETE /v1/machines/dm-1/executions/ex_1",
                        "GET /v1/machines/dm-1/executions/ex_1",
                        "GET /v1/machines/dm-1/executions?limit=100",
                        "GET /v1/machines/dm-1/executions?cursor=2&limit=100",
                        "GET /v1/machines/dm-1/executions/ex_1/output");
        assertThat(api.lines().get(7)).contains("/events?").contains("cursor=3").contains("limit=9");
    }

    @Test
    void exposesReadsListsAndDeletesPreviews() {
        api.thenJson(PREVIEW)
                .thenJson(PREVIEW)
                .thenJson("{\"items\":[" + PREVIEW + "]}")
                .thenJson(PREVIEW);

        client.previews().create("dm-1", new PreviewUrlCreate(3000, Protocol.HTTP, Visibility.ORG), NONE);
        assertThat(client.previews().get("dm-1", "pv_1", NONE).url()).isEqualTo("http://x/");
        assertThat(client.previews().list("dm-1", NONE)).hasSize(1);
        assertThat(client.previews().delete("dm-1", "pv_1", NONE).status()).isEqualTo(PreviewUrlStatus.READY);

        assertThat(api.lines())
                .containsExactly(
                        "POST /v1/machines/dm-1/previews",
                        "GET /v1/machines/dm-1/previews/pv_1",
                        "GET /v1/machines/dm-1/previews?limit=100",
                        "DELETE /v1/machines/dm-1/previews/pv_1");
        assertThat(ApiServer.body(api.request(0)))
                .isEqualTo("{\"port\":3000,\"protocol\":\"http\",\"visibility\":\"org\"}");
    }

    @Test
    void readsUsage() {
        api.thenJson("{\"plan_slug\":\"hobby\",\"billed_awake_seconds\":7,\"new_field\":1}")
                .thenJson("{\"rows\":[{\"machine_id\":\"dm-1\",\"awake_seconds\":3,\"cpu_millicore_seconds\":4,"
                        + "\"memory_mib_seconds\":5,\"bucket_start\":\"2026-11-24T00:00:00Z\"}]}")
                .thenJson("{\"rows\":null}");

        assertThat(client.usage().summary(NONE).billedAwakeSeconds()).isEqualTo(7);
        List<ComputeUsage> rows = client.usage()
                .compute("dm-1", Granularity.DAY, Instant.parse("2026-11-01T23:00:00Z"), Instant.EPOCH, NONE);
        assertThat(rows.get(0).memoryMibSeconds()).isEqualTo(5);
        assertThat(client.usage().storage(null, null, null, null, NONE)).isEmpty();

        assertThat(api.lines().get(0)).isEqualTo("GET /v1/usage");
        assertThat(api.lines().get(1))
                .startsWith("GET /v1/usage/machines/compute?")
                .contains("machine_id=dm-1", "granularity=day", "period_start=2026-11-01", "period_end=1970-01-01");
        assertThat(api.lines().get(2)).isEqualTo("GET /v1/usage/machines/storage");
    }

    @Test
    void keepsAPathPrefixOfTheBaseUrl() {
        api.thenJson(ApiServer.MACHINE);
        try (DedalusClient ours = api.builder().baseUrl(api.url() + "/gateway/").build()) {
            ours.machines().get("dm-1", NONE);
            assertThat(ours.baseUrl()).hasToString(api.url() + "/gateway");
            assertThat(ours).hasToString("DedalusClient[" + api.url() + "/gateway]");
        }
        assertThat(api.lines()).containsExactly("GET /gateway/v1/machines/dm-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                " dm-1",
                "dm-a/b",
                "dm-a%2fb",
                "../dm-1",
                "a\\b",
                "dm-a\n",
                "dm-a?x=1",
                "dm-a#b",
                "dm-ä"
            })
    void refusesWhatIsNoMachineId(String id) {
        assertThatThrownBy(() -> client.machines().get(id, NONE))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("is no machine id")
                .hasMessageContaining("Nothing was sent");
        assertThat(api.requests()).isEmpty();
    }

    /** Each generation has had ids of another form: what the API returned goes back to it as it is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "dm-81d5nbxyb55t15q98vwg",
                "dm-017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                "M_42~x:y@z"
            })
    void takesEveryIdThatTheApiReturned(String id) {
        api.thenJson(ApiServer.MACHINE.replace("dm-1", id)).thenJson(ApiServer.MACHINE.replace("dm-1", id));
        Machine made = client.machines().create(new MachineCreate(1, 1024, 10, null), NONE);
        assertThat(made.machineId()).isEqualTo(id);
        client.machines().delete(made.machineId(), NONE);
        assertThat(api.lines()).containsExactly("POST /v1/machines", "DELETE /v1/machines/" + id);
    }

    @Test
    void refusesTooLongAndMissingIds() {
        assertThatThrownBy(() -> client.machines().get("dm-" + "a".repeat(251), NONE))
                .isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> client.machines().get(null, NONE)).hasMessageContaining("null is no machine id");
        assertThatThrownBy(() -> client.executions().get("dm-1", "..", NONE)).hasMessageContaining("execution id");
        assertThatThrownBy(() -> client.previews().get("dm-1", "a/../b", NONE)).hasMessageContaining("preview id");
        assertThatThrownBy(() -> client.machines().get("x/y", NONE)).isInstanceOf(ValidationException.class);
        api.thenJson(ApiServer.MACHINE);
        client.machines().get("dm-" + "a".repeat(250), NONE);
    }

    @Test
    void refusesArgumentsThatCantBeSent() {
        assertThatThrownBy(() -> client.executions().create("dm-1", ExecutionCreate.of(), NONE))
                .hasMessageContaining("command is empty");
        assertThatThrownBy(() -> client.previews().create("dm-1", new PreviewUrlCreate(0, null, null), NONE))
                .hasMessageContaining("1 to 65535");
        for (String key : List.of("", "a\r\nX-Evil: 1", "ü", "k".repeat(256))) {
            assertThatThrownBy(() ->
                            client.machines().wake("dm-1", RequestOptions.none().withIdempotencyKey(key)))
                    .isInstanceOf(ValidationException.class)
                    .hasMessageContaining("idempotency key");
        }
        assertThat(api.requests()).isEmpty();
    }
}
