package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DeadlineExceededException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.ExecutionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecutionFollowTest {

    private static final RequestOptions NONE = RequestOptions.none();
    private static final String EMPTY = "{\"items\":null}";

    private final ApiServer api = new ApiServer();
    private final List<Object> heard = new ArrayList<>();
    private final ExecutionListener listener = new ExecutionListener() {
        @Override
        public void onEvent(ExecutionEvent event) {
            heard.add(event.sequence());
        }

        @Override
        public void onCursor(String cursor) {
            heard.add("@" + cursor);
        }
    };

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void readsOnAsLongAsThereIsMoreAndReturnsTheFinishedExecution() {
        api.thenJson(page("c1", output(1)))
                .thenJson(page("c2", output(2), output(3)))
                .thenJson(EMPTY)
                .thenJson(page("c3", end(4)))
                .thenJson(EMPTY)
                .thenJson(execution("succeeded"));

        Execution execution = follow(null);

        assertThat(execution.finished()).isTrue();
        assertThat(execution.exitCode()).isZero();
        assertThat(heard).containsExactly(1L, "@c1", 2L, 3L, "@c2", 4L, "@c3");
        assertThat(api.lines())
                .extracting(line -> line.substring(line.indexOf("ex_1") + 4))
                .containsExactly(
                        "/events",
                        "/events?cursor=c1",
                        "/events?cursor=c2",
                        "/events?cursor=c2",
                        "/events?cursor=c3",
                        "");
        assertThat(api.time.sleeps()).containsExactly(Duration.ofMillis(100));
    }

    @Test
    void goesOnFromACursor() {
        api.thenJson(page(null, end(9))).thenJson(page(null, end(9))).thenJson(execution("failed"));
        assertThat(follow("c8").status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(heard).containsExactly(9L);
        assertThat(api.lines().get(0)).endsWith("/events?cursor=c8");
    }

    @Test
    void aServerWithoutANextCursorIsReadAgainButNothingIsToldTwice() {
        api.thenJson(page(null, output(1)))
                .thenJson(page(null, output(1), output(2)))
                .thenJson(page(null, output(1), output(2), end(3)))
                .thenJson(page(null, output(1), output(2), end(3)))
                .thenJson(execution("succeeded"));
        follow(null);
        assertThat(heard).containsExactly(1L, 2L, 3L);
    }

    @Test
    void waitsLongerWhileNothingHappensAndAsksNowAndThen() {
        for (int i = 0; i < 5; i++) {
            api.thenJson(EMPTY);
        }
        api.thenJson(execution("running"));
        for (int i = 0; i < 5; i++) {
            api.thenJson(EMPTY);
        }
        api.thenJson(execution("expired")).thenJson(EMPTY).thenJson(execution("expired"));

        assertThat(follow(null).status()).isEqualTo(ExecutionStatus.EXPIRED);
        assertThat(api.time.sleeps().stream().map(Duration::toMillis).limit(6))
                .containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
    }

    @Test
    void anEndThatTheExecutionDoesNotKnowYetIsAskedForAgain() {
        api.thenJson(page(null, end(1))).thenJson(EMPTY).thenJson(execution("running"));
        for (int i = 0; i < 4; i++) {
            api.thenJson(EMPTY);
        }
        api.thenJson(EMPTY).thenJson(execution("failed")).thenJson(EMPTY).thenJson(execution("failed"));
        assertThat(follow(null).status()).isEqualTo(ExecutionStatus.FAILED);
    }

    @Test
    void errorsAndDeadlinesEndTheFollowing() {
        api.thenError(404, "{}");
        assertThatThrownBy(() -> follow(null)).isInstanceOf(NotFoundException.class);
        for (int i = 0; i < 30; i++) {
            api.thenJson(EMPTY);
        }
        assertThatThrownBy(() -> api.client
                        .executions()
                        .follow("dm-1", "ex_1", null, listener, NONE.withDeadline(Duration.ofSeconds(1))))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("follow execution ex_1 on machine dm-1");
    }

    @Test
    void aListenerNeedsNoCursors() {
        api.thenJson(page("c", end(1))).thenJson(EMPTY).thenJson(execution("succeeded"));
        List<ExecutionEvent> events = new ArrayList<>();
        api.client.executions().follow("dm-1", "ex_1", null, events::add, NONE);
        assertThat(events).hasSize(1);
        assertThat(events.get(0).lifecycle()).isTrue();
        assertThat(events.get(0).stderr()).isFalse();
        assertThat(events.get(0).signal()).isEqualTo("9");
    }

    private Execution follow(String cursor) {
        return api.client.executions().follow("dm-1", "ex_1", cursor, listener, NONE);
    }

    private static String page(String cursor, String... events) {
        return "{\"items\":[" + String.join(",", events) + "]"
                + (cursor == null ? "" : ",\"next_cursor\":\"" + cursor + "\"") + "}";
    }

    private static String output(int sequence) {
        return "{\"sequence\":" + sequence + ",\"type\":\"stdout\",\"at\":\"2026-11-24T02:00:00Z\",\"chunk\":\"x\"}";
    }

    private static String end(int sequence) {
        return "{\"sequence\":" + sequence + ",\"type\":\"lifecycle\",\"status\":\"failed\",\"signal\":9}";
    }

    private static String execution(String status) {
        return "{\"execution_id\":\"ex_1\",\"machine_id\":\"dm-1\",\"status\":\"" + status
                + "\",\"exit_code\":0,\"env_keys\":null,\"log_capture\":{}}";
    }
}
