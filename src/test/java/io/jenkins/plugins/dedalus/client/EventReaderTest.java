package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.ByteBudget;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.Page;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** However much a command prints, reading it takes little memory, and nothing is left out in silence. */
class EventReaderTest {

    private static final RequestOptions NONE = RequestOptions.none();
    private static final int KIB = 1024;

    private final ApiServer api = new ApiServer();
    private final ByteBudget budget = new ByteBudget(EventReader.LARGEST_PAGE);
    private final EventReader reader = api.client.executions().reader("dm-1", "e-1", budget);

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void pagesShrinkUntilTheyFitAndGrowAgain() {
        page(32, 100 * KIB, "c1");
        page(8, 100 * KIB, "c1");
        Page<ExecutionEvent> fits = reader.read("c0", NONE).orElseThrow();
        assertThat(fits.items()).hasSize(8);
        assertThat(reader.full()).isTrue();
        page(5, 100, null);
        reader.read("c1", NONE).orElseThrow();
        page(3, 100, null);
        reader.read("c1", NONE).orElseThrow();
        assertThat(reader.full()).isFalse();
        assertThat(limits()).containsExactly("32", "8", "5", "20");
    }

    @Test
    void oneEventThatDoesNotFitIsReplacedByALineThatSaysSo() {
        for (int i = 0; i < 5; i++) {
            page(1, 30 * KIB * KIB, "c1");
        }
        Page<ExecutionEvent> marked = reader.read(null, NONE).orElseThrow();
        assertThat(marked.nextCursor()).isEqualTo("c1");
        assertThat(marked.items()).singleElement().satisfies(event -> {
            assertThat(event.sequence()).isEqualTo(1);
            assertThat(event.stdout()).isTrue();
            assertThat(event.chunk())
                    .contains("Output was left out here: one piece of about 30720 KiB")
                    .startsWith("\n")
                    .endsWith("\n");
        });
        assertThat(reader.full()).as("there may be more").isTrue();
        assertThat(limits()).containsExactly("32", "8", "2", "1", "1");
        page(1, 10, null);
        assertThat(reader.read("c1", NONE).orElseThrow().items().get(0).chunk()).hasSize(10);
    }

    @Test
    void whoeverFindsTheMemoryUsedUpComesBack() {
        assertThat(budget.take(1)).isTrue();
        page(4, 100 * KIB, "c1");
        assertThat(reader.read(null, NONE)).isEmpty();
        page(4, KIB, "c1");
        assertThat(reader.read(null, NONE)).as("small pages are free").isPresent();
        budget.giveBack(1);
        for (int i = 0; i < 3; i++) {
            page(4, 100 * KIB, "c1");
            assertThat(reader.read(null, NONE)).as("it is given back").isPresent();
        }
        api.then(ApiServer.json(200, "{\"items\":[" + "1".repeat(100 * KIB)).build());
        assertThatThrownBy(() -> reader.read(null, NONE)).isInstanceOf(MalformedResponseException.class);
        assertThat(budget.take(EventReader.LARGEST_PAGE))
                .as("also after a failure")
                .isTrue();
    }

    private void page(int events, int size, String next) {
        String items = IntStream.rangeClosed(1, events)
                .mapToObj(i -> "{\"sequence\":" + i + ",\"type\":\"stdout\",\"chunk\":\"" + "x".repeat(size) + "\"}")
                .collect(Collectors.joining(","));
        api.thenJson("{\"items\":[" + items + "]" + (next == null ? "" : ",\"next_cursor\":\"" + next + "\"") + "}");
    }

    private java.util.List<String> limits() {
        return api.lines().stream()
                .map(line -> line.replaceAll(".*limit=(\\d+).*", "$1"))
                .toList();
    }
}
