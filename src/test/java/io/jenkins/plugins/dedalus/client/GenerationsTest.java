package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.AuthenticationException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.RevisionMismatchException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.DesiredState;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.client.model.MachineUpdate;
import io.jenkins.plugins.dedalus.client.model.PreviewUrl;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlCreate;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All three API generations are read; 1 and 3 are spoken once the server shows that it wants them. */
class GenerationsTest {

    private static final RequestOptions NONE = RequestOptions.none();
    private static final String FLAT = "{\"machine_id\":\"dm-1\",\"vcpu\":1.5,\"memory_mib\":1,\"storage_gib\":2,"
            + "\"autosleep_seconds\":0,\"desired_state\":\"running\",\"phase\":\"starting\",\"reason\":\"Booting\"}";
    private static final String PORT =
            "{\"port_id\":\"po_1\",\"machine_id\":\"dm-1\",\"port\":80,\"status\":\"ready\"}";
    private static final String PREVIEW =
            "{\"preview_id\":\"pv_1\",\"machine_id\":\"dm-1\",\"port\":80,\"status\":\"ready\",\"visibility\":\"org\"}";
    private static final String NO_ROUTE = "404 page not found";
    private static final String MISMATCH =
            "{\"error_code\":\"REVISION_MISMATCH\",\"message\":\"stale\",\"retryable\":true}";

    private final ApiServer api = new ApiServer();
    private final MachinesApi machines = api.client.machines();
    private final PreviewsApi previews = api.client.previews();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void readsANestedPhase() {
        api.thenJson(ApiServer.MACHINE);
        Machine machine = machines.get("dm-1", NONE);
        assertThat(machine.phase()).isEqualTo(MachinePhase.RUNNING);
        assertThat(machine.status().revision()).isEqualTo("7");
        assertThat(machine.status().retryable()).isFalse();
        assertThat(machine.status().lastTransitionAt()).isEqualTo(Instant.parse("2026-11-24T01:00:00Z"));
        assertThat(machine.autosleepSeconds()).isEqualTo(300);
    }

    @Test
    void readsATopLevelPhase() {
        api.thenJson(FLAT);
        Machine machine = machines.get("dm-1", NONE);
        assertThat(machine.phase()).isEqualTo(MachinePhase.STARTING);
        assertThat(machine.status().reason()).isEqualTo("Booting");
        assertThat(machine.status().revision()).isNull();
        assertThat(machine.autosleepSeconds()).isZero();
    }

    @Test
    void readsEveryMixtureAndKeepsUnknownValues() {
        api.thenJson(
                        "{\"machine_id\":\"dm-1\",\"phase\":\"hibernating\",\"status\":{\"revision\":\"3\"},\"x\":{\"y\":[1]}}")
                .thenJson("{\"machine_id\":\"dm-1\",\"status\":\"sleeping\"}")
                .thenJson("{\"machine_id\":\"dm-1\",\"vcpu\":null,\"memory_mib\":null,\"created_at\":\"yesterday\","
                        + "\"status\":{\"phase\":null,\"last_transition_at\":[2026],\"last_progress_at\":\"\"}}");

        Machine unknown = machines.get("dm-1", NONE);
        assertThat(unknown.phase()).isEqualTo(MachinePhase.of("hibernating"));
        assertThat(unknown.phase().known()).isFalse();
        assertThat(unknown.status().revision()).isEqualTo("3");
        assertThat(unknown.desiredState()).isEqualTo(DesiredState.UNKNOWN);
        assertThat(machines.get("dm-1", NONE).phase()).isEqualTo(MachinePhase.SLEEPING);
        Machine empty = machines.get("dm-1", NONE);
        assertThat(empty.phase()).isEqualTo(MachinePhase.UNKNOWN);
        assertThat(empty.createdAt()).isNull();
        assertThat(empty.status().lastTransitionAt()).isNull();
    }

    @Test
    void sendsTheRevisionWhenAskedAndRemembers() {
        api.thenError(
                        428,
                        "{\"error_code\":\"PRECONDITION_REQUIRED\",\"message\":\"If-Match is required\",\"retryable\":false}")
                .thenJson(ApiServer.MACHINE)
                .thenJson(ApiServer.MACHINE)
                .thenJson(ApiServer.MACHINE)
                .thenJson(ApiServer.MACHINE);

        machines.sleep("dm-1", NONE.withIdempotencyKey("k1"));
        machines.wake("dm-1", NONE.withIdempotencyKey("k2"));

        assertThat(api.lines())
                .containsExactly(
                        "POST /v1/machines/dm-1/sleep",
                        "GET /v1/machines/dm-1",
                        "POST /v1/machines/dm-1/sleep",
                        "GET /v1/machines/dm-1",
                        "POST /v1/machines/dm-1/wake");
        assertThat(api.headers("If-Match")).containsExactly(null, null, "7", null, "7");
        assertThat(api.headers("Idempotency-Key")).containsExactly("k1", null, "k1-if-match-1", null, "k2");
    }

    @Test
    void understandsAValidationErrorAboutIfMatch() {
        api.then(ApiServer.json(
                                422,
                                "{\"title\":\"Unprocessable Entity\",\"status\":422,\"detail\":\"validation failed\",\"errors\":"
                                        + "[{\"location\":\"header.If-Match\",\"message\":\"required header parameter is missing\"}]}")
                        .setHeader("Content-Type", "application/problem+json")
                        .build())
                .thenJson(ApiServer.MACHINE)
                .thenJson(ApiServer.MACHINE);
        machines.delete("dm-1", NONE);
        assertThat(api.headers("If-Match")).containsExactly(null, null, "7");
    }

    @Test
    void readsAgainAfterARevisionMismatchButNotForEver() {
        api.thenError(409, MISMATCH)
                .thenJson(ApiServer.MACHINE)
                .thenError(409, MISMATCH)
                .thenJson(ApiServer.MACHINE.replace("\"7\"", "\"8\""))
                .thenJson(ApiServer.MACHINE);
        machines.update("dm-1", new MachineUpdate(null, null, 20, null), NONE.withIdempotencyKey("k".repeat(255)));
        assertThat(api.headers("If-Match")).containsExactly(null, null, "7", null, "8");
        assertThat(api.headers("Idempotency-Key").get(4)).hasSize(255).endsWith("-if-match-2");

        for (int i = 0; i < 4; i++) {
            api.thenJson(ApiServer.MACHINE).thenError(409, MISMATCH);
        }
        assertThatThrownBy(() -> machines.sleep("dm-1", NONE))
                .isInstanceOf(RevisionMismatchException.class)
                .hasMessageContaining("changed meanwhile");
        assertThat(api.requests()).hasSize(5 + 8);
    }

    @Test
    void doesNotInventARevision() {
        api.thenError(409, MISMATCH).thenJson(FLAT);
        assertThatThrownBy(() -> machines.sleep("dm-1", NONE)).isInstanceOf(RevisionMismatchException.class);
        api.thenError(400, "{\"message\":\"autosleep is no duration\"}");
        assertThatThrownBy(() -> machines.wake("dm-1", NONE)).isInstanceOf(ValidationException.class);
        assertThat(api.requests()).hasSize(3);
    }

    @Test
    void asksForPortsWherePreviewsAreUnknownAndRemembers() {
        api.then(ApiServer.json(404, NO_ROUTE)
                        .setHeader("Content-Type", "text/plain")
                        .build())
                .thenJson(PORT)
                .thenJson(PORT);

        PreviewUrl preview = previews.create("dm-1", new PreviewUrlCreate(80, Protocol.HTTP, Visibility.PUBLIC), NONE);
        previews.get("dm-1", "po_1", NONE);

        assertThat(preview.previewId()).isEqualTo("po_1");
        assertThat(preview.visibility()).isNull();
        assertThat(api.lines())
                .containsExactly(
                        "POST /v1/machines/dm-1/previews",
                        "POST /v1/machines/dm-1/ports",
                        "GET /v1/machines/dm-1/ports/po_1");
        assertThat(ApiServer.body(api.request(1))).isEqualTo("{\"port\":80,\"protocol\":\"http\"}");
    }

    @Test
    void aMissingPreviewIsNoReasonToAskForPortsOnceTheServerIsKnown() {
        api.thenJson(PREVIEW).thenError(404, "{\"error_code\":\"NOT_FOUND\",\"message\":\"no such preview\"}");
        previews.get("dm-1", "pv_1", NONE);
        assertThatThrownBy(() -> previews.get("dm-1", "pv_2", NONE)).isInstanceOf(NotFoundException.class);
        assertThat(api.requests()).hasSize(2);
    }

    @Test
    void whereNeitherIsKnownTheFirstAnswerCounts() {
        api.thenError(404, "{\"error_code\":\"NOT_FOUND\",\"message\":\"no such machine\"}")
                .thenError(404, "{}");
        assertThatThrownBy(() -> previews.list("dm-1", NONE))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no such machine");
        assertThat(api.lines())
                .containsExactly("GET /v1/machines/dm-1/previews?limit=100", "GET /v1/machines/dm-1/ports?limit=100");
    }

    @Test
    void aServerThatIsUpdatedMeanwhileIsFollowed() {
        api.thenJson(PREVIEW)
                .thenError(404, "{}")
                .thenJson(PORT)
                .thenError(405, "{}")
                .thenJson(PREVIEW);
        previews.get("dm-1", "p1", NONE);
        previews.get("dm-1", "p1", NONE);
        assertThat(previews.get("dm-1", "p1", NONE).visibility()).isEqualTo(Visibility.ORG);
        assertThat(api.lines())
                .extracting(line -> line.substring(line.lastIndexOf("/p")))
                .hasSize(5);
        assertThat(api.lines().get(4)).endsWith("/previews/p1");
    }

    @Test
    void aRefusalOfTheContentShowsThatTheRouteIsThere() {
        api.thenError(404, "{}")
                .thenError(422, "{\"message\":\"bad port\"}")
                .thenError(422, "{\"message\":\"bad port\"}")
                .thenError(401, "{\"error_code\":\"AUTH_INVALID\",\"message\":\"no\"}");
        PreviewUrlCreate create = new PreviewUrlCreate(80, null, null);
        assertThatThrownBy(() -> previews.create("dm-1", create, NONE)).isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> previews.create("dm-1", create, NONE)).isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> previews.create("dm-1", create, NONE)).isInstanceOf(AuthenticationException.class);
        assertThat(api.lines().get(2)).endsWith("/ports");
        assertThat(api.lines().get(3)).endsWith("/ports");
    }
}
