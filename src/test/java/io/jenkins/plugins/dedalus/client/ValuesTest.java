package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ValuesTest {

    @Test
    void openEnumerationsKeepWhatTheyDoNotKnow() {
        assertThat(MachinePhase.of("running")).isEqualTo(MachinePhase.RUNNING);
        assertThat(MachinePhase.of("hibernating").known()).isFalse();
        assertThat(MachinePhase.of("hibernating")).hasToString("hibernating");
        assertThat(Stream.of(
                        MachinePhase.of(null).value(),
                        DesiredState.of("").value(),
                        ExecutionStatus.of(" ").value(),
                        PreviewStatus.of(null).value(),
                        Visibility.of(null).value(),
                        Protocol.of(null).value(),
                        Granularity.of(null).value()))
                .containsOnly("unknown");
        assertThat(Stream.of(
                        MachinePhase.FAILED.known(),
                        DesiredState.RUNNING.known(),
                        ExecutionStatus.EXPIRED.known(),
                        PreviewStatus.CLOSED.known(),
                        Visibility.PRIVATE.known(),
                        Protocol.HTTPS.known(),
                        Granularity.HOUR.known()))
                .containsOnly(true);
        assertThat(List.of(
                        DesiredState.SLEEPING,
                        ExecutionStatus.FAILED,
                        PreviewStatus.READY,
                        Visibility.ORG,
                        Protocol.HTTP))
                .extracting(Object::toString)
                .containsExactly("sleeping", "failed", "ready", "org", "http");
    }

    @Test
    void phasesAndStatusesKnowWhetherTheyEnd() {
        assertThat(MachinePhase.RUNNING.settled()).isTrue();
        assertThat(MachinePhase.STOPPING.settled()).isFalse();
        assertThat(ExecutionStatus.WAKE_IN_PROGRESS.finished()).isFalse();
        assertThat(ExecutionStatus.CANCELLED.finished()).isTrue();
        assertThat(ExecutionStatus.of("paused").finished()).isFalse();
    }

    @Test
    void valuesAreCopiedAndNullsBecomeEmpty() {
        assertThat(new Page<>(Arrays.asList("a", null), " ").items()).containsExactly("a");
        assertThat(new Page<>(null, " ").nextCursor()).isNull();
        ExecutionCreate create = new ExecutionCreate(null, null, null, null, null);
        assertThat(create.command()).isEmpty();
        assertThat(create.env()).isEmpty();
        assertThat(new Machine("dm-1", 1, 1, 1, null, null, null, null).phase().known())
                .isFalse();
        assertThat(new MachineStatus(null, null, null, null, null, null, null).phase())
                .isEqualTo(MachinePhase.UNKNOWN);
    }

    @Test
    void optionsAreBuiltFromEachOther() {
        Cancellation cancellation = new Cancellation();
        RequestOptions options = RequestOptions.none()
                .withIdempotencyKey("k")
                .withDeadline(Duration.ofSeconds(1))
                .withCancellation(cancellation);
        assertThat(options).isEqualTo(new RequestOptions("k", Duration.ofSeconds(1), cancellation));
    }

    @Test
    void everythingIsReadFromAnEmptyAnswer() {
        Execution execution = Wire.execution(Json.tree(Map.of("execution_id", "e")));
        assertThat(execution.status()).isEqualTo(ExecutionStatus.UNKNOWN);
        assertThat(execution.command()).isEmpty();
        assertThat(execution.finished()).isFalse();
        Preview preview = Wire.preview(Json.tree(Map.of("preview_id", "p", "status", "melting")));
        assertThat(preview.status()).isEqualTo(PreviewStatus.of("melting"));
        assertThat(preview.url()).isNull();
        assertThat(Wire.usageSummary(Json.tree(Map.of("x", 1))).planSlug()).isNull();
        assertThat(Wire.event(Json.tree(Map.of("type", "new"))).status()).isNull();
    }

    @Test
    void theSystemSleeperDoesNotMindNegativeWaits() throws InterruptedException {
        Sleeper.system().sleep(Duration.ofMillis(-5));
        Sleeper.system().sleep(Duration.ofMillis(1));
    }
}
