package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okio.Buffer;
import org.junit.jupiter.api.Test;

class SseReaderTest {

    @Test
    void readsEvents() throws IOException {
        assertThat(read("event: status\ndata: a\n\ndata:b\ndata: c\n\n"))
                .containsExactly(new SseReader.Event("status", "a"), new SseReader.Event("message", "b\nc"));
    }

    @Test
    void readsCrLfAByteOrderMarkCommentsAndOddFields() throws IOException {
        assertThat(read("\uFEFF: hello\r\nevent: status\r\nfoo: bar\r\ndata\r\n\r\n"))
                .containsExactly(new SseReader.Event("status", ""));
    }

    @Test
    void dropsWhatHasNoDataAndWhatIsCutOff() throws IOException {
        assertThat(read("event: status\n\ndata: a\n")).isEmpty();
        assertThat(read("data: a\n\ndata: b\n\ndata: c")).hasSize(2);
        assertThat(read("")).isEmpty();
    }

    @Test
    void keepsTheIdOnlyIfItCanGoBackInAHeader() throws IOException {
        SseReader reader = reader("id: 5\n\nid: ü\n\nretry: 1500\nretry: soon\n\n", null);
        reader.read(event -> true);
        assertThat(reader.lastEventId()).isEqualTo("5");
        assertThat(reader.reconnect()).isEqualTo(Duration.ofMillis(1500));
        SseReader forgotten = reader("id\n", "5");
        forgotten.read(event -> true);
        assertThat(forgotten.lastEventId()).isNull();
        assertThat(forgotten.reconnect()).isNull();
    }

    @Test
    void stopsWhenNoMoreIsWanted() throws IOException {
        List<SseReader.Event> events = new ArrayList<>();
        reader("data: a\n\ndata: b\n\n", null).read(event -> {
            events.add(event);
            return false;
        });
        assertThat(events).hasSize(1);
    }

    @Test
    void limitsLinesAndEvents() {
        assertThatThrownBy(() -> read("data: " + "x".repeat(1024 * 1024)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("longer than 1 MiB");
        String line = "data: " + "x".repeat(1000 * 1000) + "\n";
        assertThatThrownBy(() -> read(line.repeat(5))).hasMessageContaining("larger than 4 MiB");
    }

    private static SseReader reader(String stream, String lastEventId) {
        return new SseReader(new Buffer().writeUtf8(stream), lastEventId);
    }

    private static List<SseReader.Event> read(String stream) throws IOException {
        List<SseReader.Event> events = new ArrayList<>();
        reader(stream, null).read(events::add);
        return events;
    }
}
