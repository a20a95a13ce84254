package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static io.jenkins.plugins.dedalus.preview.Bench.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.emulator.EmulatedMachine;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A create whose answer can't be used: whatever it made, the ledger answers for it or asks a person about it. */
class UnusableAnswersTest {
    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    /** Ways of answering a create that did its work. */
    enum Answered {
        BROKEN_JSON(Fault.garbled(-1, "POST", "/v1/machines")),
        NO_ID(Fault.apiError("POST", "/v1/machines", 200, null).withWorkDone().always()),
        REDIRECT(
                Fault.apiError("POST", "/v1/machines", 302, null).withWorkDone().always());

        private final Fault fault;

        Answered(Fault fault) {
            this.fault = fault;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPersonSeesItAndTheNextBuildAsksForTheSameMachineAgain(Answered answered) {
        bench.emulator.faults().add(answered.fault);

        assertThatThrownBy(this::build)
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining("stays in the ledger as unanswered")
                .hasMessageContaining("adopt");

        PreviewRecord record = bench.ledger.get(KEY).orElseThrow();
        assertThat(record.problem()).contains("stays in the ledger as unanswered");
        assertThat(bench.living()).hasSize(1);
        assertNothingIsUnknown();

        bench.emulator.faults().clear();
        PreviewRecord ready = build();
        assertThat(bench.living()).extracting(EmulatedMachine::id).containsExactly(ready.machineId());
    }

    @Test
    void oneAnswerThatCameGarbledIsAskedForAgain() {
        bench.emulator.faults().add(Fault.garbled(1, "POST", "/v1/machines"));
        PreviewRecord ready = build();
        assertThat(bench.living()).extracting(EmulatedMachine::id).containsExactly(ready.machineId());
        assertThat(bench.lines).anyMatch(line -> line.contains("Asking for the same machine again"));
    }

    @Test
    void aPersonCanAnswerAtOnce() throws Exception {
        bench.emulator.faults().add(Answered.NO_ID.fault);
        assertThatThrownBy(this::build).isInstanceOf(PreviewException.class);
        String made = bench.living().get(0).id();
        bench.lifecycle.resolveCreation(KEY, made).get(60, TimeUnit.SECONDS);
        assertThat(bench.ledger.get(KEY).orElseThrow().machineId()).isEqualTo(made);
        bench.down();
        assertThat(bench.living()).isEmpty();
    }

    @Test
    void takingThePreviewDownDeletesWhatWasMadeOrSaysWhy() {
        bench.emulator.faults().add(Answered.BROKEN_JSON.fault);
        assertThatThrownBy(this::build).isInstanceOf(PreviewException.class);
        assertThatThrownBy(() -> bench.down()).hasMessageContaining("stays in the ledger as unanswered");
        assertNothingIsUnknown();
        bench.emulator.faults().clear();
        bench.down();
        assertThat(bench.living()).isEmpty();
    }

    @Test
    void aNoToALaterTryDoesNotMakeAnEarlierOneForgotten() {
        bench.emulator.faults().add(Fault.garbled(1, "POST", "/v1/machines"));
        bench.emulator
                .faults()
                .add(Fault.apiError("POST", "/v1/machines", 400, "INVALID_ARGUMENT")
                        .always());
        assertThatThrownBy(this::build)
                .isInstanceOf(PreviewException.class)
                .hasMessageContaining(bench.living().get(0).id());
        assertNothingIsUnknown();
        bench.restart();
        assertThatThrownBy(this::build)
                .hasMessageContaining(bench.living().get(0).id());
        assertNothingIsUnknown();
    }

    @Test
    void aNoToTheOnlyTryIsFinal() {
        bench.emulator.faults().add(Fault.apiError("POST", "/v1/machines", 400, "INVALID_ARGUMENT"));
        assertThatThrownBy(this::build).isInstanceOf(ValidationException.class);
        assertThat(bench.ledger.get(KEY).orElseThrow().creation()).isNull();
    }

    private PreviewRecord build() {
        return bench.ready(Bench.request(OneAtATimeTest.noApp("true"), 1, COMMIT_A));
    }

    /** Every machine that lives is a preview's, or one of those that a person is asked about. */
    private void assertNothingIsUnknown() {
        Set<String> known = new HashSet<>(bench.ledger.machines());
        for (PreviewRecord record : bench.ledger.list()) {
            if (record.creation() != null) {
                bench.lifecycle.candidates(record.key()).join().stream()
                        .map(Machine::machineId)
                        .map(MachineIds::canonical)
                        .forEach(known::add);
            }
        }
        assertThat(bench.living())
                .extracting(machine -> MachineIds.canonical(machine.id()))
                .isNotEmpty()
                .isSubsetOf(known);
    }
}
