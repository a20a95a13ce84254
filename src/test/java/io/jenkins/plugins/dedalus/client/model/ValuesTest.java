package io.jenkins.plugins.dedalus.client.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.Priority;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.call.Sleeper;
import io.jenkins.plugins.dedalus.client.call.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ValuesTest {

    @Test
    void idempotencyKeysAreUuidsOfVersion7AndRepeatableWhereTheyMustBe() {
        Instant now = Instant.ofEpochMilli(0x017f22e279b0L);
        String key = IdempotencyKeys.next(now);
        assertThat(key).matches("017f22e279b07[0-9a-f]{3}[89ab][0-9a-f]{15}").isNotEqualTo(IdempotencyKeys.next(now));
        assertThat(IdempotencyKeys.next(now.plusMillis(1))).isGreaterThan(key);
        assertThat(IdempotencyKeys.of(key, 0)).isEqualTo(key);
        assertThat(IdempotencyKeys.of(key, 1))
                .matches("017f22e279b07[0-9a-f]{3}[89ab][0-9a-f]{15}")
                .isEqualTo(IdempotencyKeys.of(key, 1))
                .isNotEqualTo(key);
        assertThat(IdempotencyKeys.of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 0))
                .isEqualTo("017f22e279b07cc398c4dc0c0c07398f");
        assertThat(IdempotencyKeys.of("a-name", 0)).isEqualTo("a-name");
        assertThat(IdempotencyKeys.of("a-name", 2)).isEqualTo("a-name-2");
    }

    @Test
    void whatIsMissingOfAnOutputIsASentence() {
        assertThat(new LogCapture("incomplete", "log_buffer_overflow", "512", null).missing())
                .isEqualTo("512 bytes are lost (log_buffer_overflow)");
        assertThat(new LogCapture("incomplete", null, "0", "18446744073709551615").missing())
                .isEqualTo("18446744073709551615 bytes may be lost");
        assertThat(new LogCapture("unavailable", null, "x", null).missing()).isEqualTo("Dedalus calls it unavailable");
        assertThat(new LogCapture("pending", null, null, null).missing()).isNull();
        assertThat(new LogCapture(null, null, null, null).missing()).isNull();
    }

    @Test
    void idsOfTwoGenerationsAreTheSameMachine() {
        assertThat(MachineIds.canonical("dm-017f22e2-79b0-7cc3-98c4-dc0c0c07398f"))
                .isEqualTo(MachineIds.canonical("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
        assertThat(MachineIds.canonical("dm-81d5nbxyb55t15q98vwg")).isEqualTo("dm-81d5nbxyb55t15q98vwg");
        assertThat(MachineIds.canonical(null)).isNull();
    }

    @Test
    void openEnumerationsKeepWhatTheyDoNotKnow() {
        assertThat(MachinePhase.of("running")).isEqualTo(MachinePhase.RUNNING);
        assertThat(MachinePhase.of("hibernating").known()).isFalse();
        assertThat(MachinePhase.of("hibernating")).hasToString("hibernating");
        assertThat(Stream.of(
                        MachinePhase.of(null).value(),
                        DesiredState.of("").value(),
                        ExecutionStatus.of(" ").value(),
                        PreviewUrlStatus.of(null).value(),
                        Visibility.of(null).value(),
                        Protocol.of(null).value(),
                        Granularity.of(null).value()))
                .containsOnly("unknown");
        assertThat(Stream.of(
                        MachinePhase.FAILED.known(),
                        DesiredState.RUNNING.known(),
                        ExecutionStatus.EXPIRED.known(),
                        PreviewUrlStatus.CLOSED.known(),
                        Visibility.PRIVATE.known(),
                        Protocol.HTTPS.known(),
                        Granularity.HOUR.known()))
                .containsOnly(true);
        assertThat(List.of(
                        DesiredState.SLEEPING,
                        ExecutionStatus.FAILED,
                        PreviewUrlStatus.READY,
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
        assertThat(new MachineStatus(null, null, null, null, null, null, null, null, null).phase())
                .isEqualTo(MachinePhase.UNKNOWN);
    }

    @Test
    void optionsAreBuiltFromEachOther() {
        Cancellation cancellation = new Cancellation();
        RequestOptions options = RequestOptions.none()
                .withIdempotencyKey("k")
                .withDeadline(Duration.ofSeconds(1))
                .withCancellation(cancellation);
        assertThat(options)
                .isEqualTo(new RequestOptions("k", Duration.ofSeconds(1), cancellation, Priority.INTERACTIVE));
    }

    @Test
    void everythingIsReadFromAnEmptyAnswer() {
        Execution execution = Wire.execution(Json.tree(Map.of("execution_id", "e")));
        assertThat(execution.status()).isEqualTo(ExecutionStatus.UNKNOWN);
        assertThat(execution.command()).isEmpty();
        assertThat(execution.finished()).isFalse();
        PreviewUrl preview = Wire.preview(Json.tree(Map.of("preview_id", "p", "status", "melting")));
        assertThat(preview.status()).isEqualTo(PreviewUrlStatus.of("melting"));
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
