package io.jenkins.plugins.dedalus.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.ledger.OutputPosition;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputPositionsTest {
    @Test
    void howFarATalkativeScriptWasReadIsWrittenEveryTwoSecondsAndEveryLineComesOnce(@TempDir Path directory)
            throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        AtomicInteger written = new AtomicInteger();
        try (Bench bench = new Bench(directory)) {
            bench.ledger.listen((before, after) -> {
                if (after != null && !Objects.equals(position(before), position(after)) && position(after) != null) {
                    written.incrementAndGet();
                }
            });
            long begin = System.nanoTime();
            bench.lifecycle
                    .ensure(
                            Bench.request(
                                    Bench.spec()
                                            .deploy(
                                                    "echo c1 > version; for i in $(seq 1 60); do echo line $i; sleep 0.05; done")
                                            .build(),
                                    1,
                                    "c1"),
                            progress -> {
                                if (progress.output() && progress.line().startsWith("line ")) {
                                    lines.add(progress.line());
                                }
                            })
                    .result()
                    .get(60, TimeUnit.SECONDS);
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);

            assertThat(lines)
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 60)
                            .mapToObj(i -> "line " + i)
                            .toList());
            // Each of the scripts may write its first position at once.
            assertThat(written.get()).isLessThanOrEqualTo((int) (seconds / 2) + 6);
        }
    }

    private static OutputPosition position(PreviewRecord record) {
        if (record == null || record.operation() == null || record.operation().execution() == null) {
            return null;
        }
        OutputPosition position = record.operation().execution().position();
        return OutputPosition.START.equals(position) ? null : position;
    }
}
