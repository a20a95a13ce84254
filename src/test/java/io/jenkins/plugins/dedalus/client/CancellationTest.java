package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.call.Sleeper;
import io.jenkins.plugins.dedalus.client.error.DedalusCancelledException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CancellationTest {

    private final ApiServer api = new ApiServer();
    private final Cancellation cancellation = new Cancellation();
    private final RequestOptions cancellable = RequestOptions.none().withCancellation(cancellation);

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void aCancelledCallSendsNothing() {
        cancellation.cancel();
        cancellation.cancel();
        assertThatThrownBy(() -> api.client.machines().get("dm-1", cancellable))
                .isInstanceOf(DedalusCancelledException.class)
                .hasMessage("Could not read machine dm-1: the operation was cancelled.");
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void aCallUnderWayIsCutOff() {
        api.then(silence());
        CompletableFuture<Machine> call = call(api.client);
        await().until(() -> api.requests().size() == 1);
        cancellation.cancel();
        assertThat(call)
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .withCauseInstanceOf(DedalusCancelledException.class);
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void aWaitBetweenTriesEndsAtOnceAndLeavesNoInterrupt() {
        api.thenError(503, "{}");
        api.time.onSleep(cancellation::cancel);
        assertThatThrownBy(() -> api.client.machines().get("dm-1", cancellable))
                .isInstanceOf(DedalusCancelledException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void aRealWaitEndsAtOnce() {
        api.then(ApiServer.json(503, "{\"retry_after_ms\":60000}").build());
        try (DedalusClient real = api.builder().sleeper(Sleeper.system()).build()) {
            CompletableFuture<Machine> call = call(real);
            await().until(() -> api.requests().size() == 1);
            cancellation.cancel();
            assertThat(call)
                    .failsWithin(Duration.ofSeconds(60))
                    .withThrowableThat()
                    .withCauseInstanceOf(DedalusCancelledException.class);
        }
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() {
        api.thenError(503, "{}");
        api.time.onSleep(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> api.client.machines().get("dm-1", cancellable))
                .isInstanceOf(DedalusCancelledException.class)
                .hasMessageContaining("its thread was interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void closingTheClientEndsItsCalls() {
        api.then(silence());
        DedalusClient client = api.builder().build();
        CompletableFuture<Machine> call = call(client);
        await().until(() -> api.requests().size() == 1);
        client.close();
        assertThat(call)
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .withMessageContaining("client was closed");
        assertThatThrownBy(() -> client.machines().get("dm-1", RequestOptions.none()))
                .isInstanceOf(DedalusCancelledException.class)
                .hasMessageContaining("client was closed");
    }

    @Test
    void actionsRunOnceAndNotAfterTheyAreWithdrawn() {
        List<String> ran = new ArrayList<>();
        cancellation.onCancel(() -> ran.add("first"));
        cancellation.onCancel(() -> ran.add("withdrawn")).close();
        assertThat(cancellation.isCancelled()).isFalse();
        cancellation.cancel();
        cancellation.cancel();
        cancellation.onCancel(() -> ran.add("late")).close();
        assertThat(cancellation.isCancelled()).isTrue();
        assertThat(ran).containsExactly("first", "late");
    }

    private CompletableFuture<Machine> call(DedalusClient client) {
        return CompletableFuture.supplyAsync(() -> client.machines().get("dm-1", cancellable))
                .orTimeout(60, TimeUnit.SECONDS);
    }

    private static MockResponse silence() {
        return new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build();
    }
}
