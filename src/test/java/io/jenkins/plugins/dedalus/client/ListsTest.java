package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole lists: as few pages as the API allows, and a deadline that many pages can't use up. */
class ListsTest {

    private static final Duration PAGE_TAKES = Duration.ofSeconds(40);
    private static final RequestOptions A_MINUTE = RequestOptions.none().withDeadline(Duration.ofMinutes(1));
    private static final String ITEM = "{\"machine_id\":\"dm-1\",\"execution_id\":\"e-1\",\"preview_id\":\"p-1\"}";

    private final ApiServer api = new ApiServer();
    private final DedalusClient client = api.builder()
            .httpClient(new OkHttpClient.Builder()
                    .addInterceptor(chain -> {
                        api.time.advance(PAGE_TAKES);
                        return chain.proceed(chain.request());
                    })
                    .build())
            .build();

    static Stream<Function<DedalusClient, List<?>>> lists() {
        return Stream.of(
                client -> client.machines().listAll(A_MINUTE),
                client -> client.executions().list("dm-1", A_MINUTE),
                client -> client.previews().list("dm-1", A_MINUTE));
    }

    @AfterEach
    void close() {
        client.close();
        api.close();
    }

    @ParameterizedTest
    @MethodSource("lists")
    void areReadInFullPagesEachWithADeadlineOfItsOwn(Function<DedalusClient, List<?>> list) {
        page("2");
        page("3");
        page(null);
        assertThat(list.apply(client)).hasSize(3);
        assertThat(api.lines()).hasSize(3).allMatch(line -> line.contains("limit=100"));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void thatLeadInACircleAreAnError(Function<DedalusClient, List<?>> list) {
        page("2");
        page("3");
        page("2");
        assertThatThrownBy(() -> list.apply(client))
                .isInstanceOf(MalformedResponseException.class)
                .hasMessageContaining("circle");
        assertThat(api.requests()).hasSize(3);
    }

    private void page(String next) {
        api.thenJson("{\"items\":[" + ITEM + "]" + (next == null ? "" : ",\"next_cursor\":\"" + next + "\"") + "}");
    }
}
