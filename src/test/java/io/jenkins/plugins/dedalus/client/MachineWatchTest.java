package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.error.DedalusCancelledException;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MachineWatchTest {

    private static final RequestOptions NONE = RequestOptions.none();

    private final ApiServer api = new ApiServer();
    private final List<String> phases = new ArrayList<>();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void hearsEveryStateUntilTheDesiredOne() {
        api.thenEvents(": hi\n\n" + event(1, "accepted") + "event: ping\ndata: {}\n\n" + event(2, "starting")
                + event(3, "running") + event(4, "sleeping"));

        assertThat(watch().phase()).isEqualTo(MachinePhase.RUNNING);

        assertThat(phases).containsExactly("accepted", "starting", "running");
        assertThat(api.lines()).containsExactly("GET /v1/machines/dm-1/status/stream");
        assertThat(api.headers("Accept")).containsExactly("text/event-stream");
        assertThat(api.headers("Last-Event-ID")).containsOnlyNulls();
    }

    @Test
    void resumesWhereTheStreamBroke() {
        api.then(new MockResponse.Builder()
                        .setHeader("Content-Type", "text/event-stream")
                        .body(event(7, "accepted"))
                        .setHeader("Content-Length", 10_000)
                        .onResponseEnd(new SocketEffect.CloseSocket())
                        .build())
                .thenJson(machine("starting"))
                .thenEvents(event(8, "running"));

        watch();

        assertThat(phases).containsExactly("accepted", "starting", "running");
        assertThat(api.headers("Last-Event-ID")).containsExactly(null, null, "7");
        assertThat(api.time.sleeps()).containsExactly(Duration.ofMillis(500));
    }

    @Test
    void aStreamWithoutNewsIsSettledByARead() {
        api.thenEvents("").thenJson(machine("running"));
        assertThat(watch().phase()).isEqualTo(MachinePhase.RUNNING);
        assertThat(phases).containsExactly("running");
    }

    @Test
    void anEarlyEndIsNotTheEnd() {
        api.thenEvents("retry: 2000\n\n" + event(1, "starting"))
                .thenJson(machine("starting"))
                .then(new MockResponse.Builder().code(204).build())
                .thenJson(machine("starting"))
                .thenEvents(event(2, "running"));
        watch();
        assertThat(phases).containsExactly("starting", "running");
        assertThat(api.time.sleeps()).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
    }

    @Test
    void failureAndDestructionEndTheWatch() {
        api.thenEvents(event(1, "failed"));
        assertThat(watch().phase()).isEqualTo(MachinePhase.FAILED);
        api.thenEvents(event(1, "destroyed"));
        assertThat(watch().phase()).isEqualTo(MachinePhase.DESTROYED);
        api.thenEvents("data: {\"machine_id\":\"dm-1\",\"phase\":\"sleeping\"}\n\n");
        assertThat(watch().phase()).isEqualTo(MachinePhase.SLEEPING);
    }

    @Test
    void openingIsRetriedLikeAnyCall() {
        api.thenError(503, "{}").thenEvents(event(1, "running"));
        watch();
        assertThat(api.requests()).hasSize(2);
    }

    @Test
    void aServerWithoutTheStreamIsReadAgainAndAgain() {
        api.thenError(404, "{}")
                .thenJson(machine("starting"))
                .thenError(404, "{}")
                .thenJson(machine("running"));
        assertThat(watch().phase()).isEqualTo(MachinePhase.RUNNING);
        api.thenError(404, "{}").thenError(404, "{}");
        assertThatThrownBy(this::watch).isInstanceOf(NotFoundException.class);
        assertThat(phases).containsExactly("starting", "running");
    }

    @Test
    void aListenersTroubleIsNotTheStreams() {
        api.thenEvents(event(1, "starting") + event(2, "running"));
        ServerException trouble = new ServerException(ApiFailure.local("mine", true));
        assertThatThrownBy(() -> api.client
                        .machines()
                        .watch(
                                "dm-1",
                                machine -> {
                                    throw trouble;
                                },
                                NONE))
                .isSameAs(trouble);
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void anAnswerThatIsNoStreamIsAnError() {
        api.thenJson(machine("running"));
        assertThatThrownBy(this::watch).hasMessageContaining("something else than an event stream");
        api.thenEvents("data: nonsense\n\n");
        assertThatThrownBy(this::watch).isInstanceOf(MalformedResponseException.class);
    }

    @Test
    void theDeadlineEndsTheWatch() {
        for (int i = 0; i < 20; i++) {
            api.thenEvents("").thenJson(machine("placement_pending"));
        }
        assertThatThrownBy(
                        () -> api.client.machines().watch("dm-1", m -> {}, NONE.withDeadline(Duration.ofSeconds(10))))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("within 10 s");
    }

    @Test
    void cancellationEndsTheWatch() {
        Cancellation cancellation = new Cancellation();
        api.thenEvents(event(1, "starting"));
        assertThatThrownBy(() -> api.client
                        .machines()
                        .watch("dm-1", m -> cancellation.cancel(), NONE.withCancellation(cancellation)))
                .isInstanceOf(DedalusCancelledException.class);
    }

    private Machine watch() {
        return api.client.machines().watch("dm-1", m -> phases.add(m.phase().value()), NONE);
    }

    private static String machine(String phase) {
        return "{\"machine_id\":\"dm-1\",\"desired_state\":\"running\",\"status\":{\"phase\":\"" + phase + "\"}}";
    }

    private static String event(int id, String phase) {
        return "id: " + id + "\nevent: status\ndata: " + machine(phase) + "\n\n";
    }
}
