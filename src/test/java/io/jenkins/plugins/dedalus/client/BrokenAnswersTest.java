package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import java.util.function.Consumer;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Successful answers that are none: each is a clear error, and none is retried as it would come again. */
class BrokenAnswersTest {

    private final ApiServer api = new ApiServer();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void htmlOfAProxy() {
        assertMalformed(
                ApiServer.json(200, "{}").setHeader("Content-Type", "text/html; charset=utf-8"),
                "HTML page where JSON is due");
        assertMalformed(ApiServer.json(200, "  <html>"), "HTML page where JSON is due");
    }

    @Test
    void nothingWhereJsonIsDue() {
        assertMalformed(new MockResponse.Builder().code(204), "answered 204 without a body where JSON is due");
        assertMalformed(new MockResponse.Builder().code(200), "answered 200 without a body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"machine_id\":\"dm-1\"", "nonsense TOPSECRET", "{} {}", "{\"a\":}"})
    void malformedJson(String body) {
        assertMalformed(ApiServer.json(200, body), "broken JSON");
    }

    @Test
    void whatWasReadIsNotQuoted() {
        api.thenJson("{\"machine_id\": TOPSECRET}");
        assertThatThrownBy(() -> api.client.machines().get("dm-1", RequestOptions.none()))
                .hasMessageContaining("line 1, column")
                .hasMessageNotContaining("TOPSECRET")
                .hasNoCause();
        api.thenJson("{\"machine_id\":\"dm-1\",\"vcpu\":\"TOPSECRET\"}");
        assertThatThrownBy(() -> api.client.machines().get("dm-1", RequestOptions.none()))
                .hasMessageContaining("a field of the machine has an unexpected type")
                .hasMessageNotContaining("TOPSECRET")
                .hasNoCause();
    }

    @Test
    void anIdThatNoCallCouldNameIsNone() {
        assertMalformed(
                ApiServer.json(200, ApiServer.MACHINE.replace("dm-1", "dm-1/../dm-2")),
                "the field machine_id holds what can't be part of a URL");
    }

    @Test
    void aMachineThatWasMadeIsKnownThoughTheRestOfTheAnswerCantBeRead() {
        api.thenJson("{\"machine_id\":\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\",\"vcpu\":{\"shares\":2}}");
        Machine made = api.client.machines().create(new MachineCreate(1, 1024, 10, null), RequestOptions.none());
        assertThat(made.machineId()).isEqualTo("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assertThat(made.phase()).isEqualTo(MachinePhase.UNKNOWN);
    }

    @Test
    void jsonOfAnotherForm() {
        assertMalformed(ApiServer.json(200, "[]"), "no object where a machine is due");
        assertMalformed(ApiServer.json(200, "null"), "no object where a machine is due");
        assertMalformed(ApiServer.json(200, "{\"status\":{}}"), "the field machine_id is missing");
        assertMalformed(ApiServer.json(200, "{\"machine_id\":\" \"}"), "the field machine_id is missing");
    }

    @Test
    void listsOfAnotherForm() {
        api.thenJson("{}").thenJson("{\"items\":3}").thenJson("[" + ApiServer.MACHINE + "]");
        MachinesApi machines = api.client.machines();
        assertThatThrownBy(() -> machines.listAll(RequestOptions.none())).hasMessageContaining("a list without items");
        assertThatThrownBy(() -> machines.listAll(RequestOptions.none())).hasMessageContaining("items are no list");
        assertThat(machines.listAll(RequestOptions.none())).hasSize(1);
    }

    @Test
    void tooMuch() {
        Consumer<String> expectTooMuch = text -> assertMalformed(ApiServer.json(200, text), "more than 16 MiB");
        expectTooMuch.accept(" ".repeat(Json.MAX_ANSWER_BYTES + 1));
    }

    private void assertMalformed(MockResponse.Builder answer, String expected) {
        int before = api.requests().size();
        api.then(answer.build());
        assertThatThrownBy(() -> api.client.machines().wake("dm-1", RequestOptions.none()))
                .isInstanceOf(MalformedResponseException.class)
                .hasMessageStartingWith("Could not wake machine dm-1: ")
                .hasMessageContaining(expected);
        assertThat(api.requests()).hasSize(before + 1);
    }
}
