package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.AuthenticationException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.PreviewsNotOfferedException;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether ports get a URL is asked before anything is made, and seldom. */
class PreviewsOfferTest {
    private static final RequestOptions NONE = RequestOptions.none();
    private static final String PREVIEWS = "GET /v1/machines/" + PreviewsOffer.NO_MACHINE + "/previews";
    private static final String PORTS = "GET /v1/machines/" + PreviewsOffer.NO_MACHINE + "/ports";
    private static final String NO_ROUTE = "{\"title\":\"Not Found\",\"status\":404}";

    private final ApiServer api = new ApiServer();

    @AfterEach
    void close() {
        api.close();
    }

    @ParameterizedTest
    @CsvSource({
        "404, MACHINE_NOT_FOUND",
        "422, VALIDATION",
        "403, AUTH_SCOPE_FORBIDDEN",
        "409, INVALID_STATE",
    })
    void oneCallShowsThatItIsThereAndIsNotRepeated(int status, String code) {
        api.thenError(status, "{\"error_code\":\"" + code + "\",\"message\":\"no\"}");
        api.client.previews().requireOffered(NONE);
        api.client.previews().requireOffered(NONE);
        assertThat(api.lines()).containsExactly(PREVIEWS);
    }

    @Test
    void portsWillDo() {
        api.thenError(404, NO_ROUTE).thenError(404, "{\"error_code\":\"MACHINE_NOT_FOUND\",\"message\":\"no\"}");
        api.client.previews().requireOffered(NONE);
        assertThat(api.lines()).containsExactly(PREVIEWS, PORTS);
    }

    @Test
    void withNeitherItSaysSoAndAsksAgainMuchLater() {
        AtomicLong now = new AtomicLong();
        try (DedalusClient client = api.builder().nanoTime(now::get).build()) {
            api.thenError(404, NO_ROUTE).thenError(405, "{}").thenJson("{\"items\":null}");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> client.previews().requireOffered(NONE))
                        .isInstanceOf(PreviewsNotOfferedException.class)
                        .hasMessageStartingWith(
                                "This Dedalus API offers neither previews nor ports: previews can't be reached.");
            }
            assertThat(api.lines()).containsExactly(PREVIEWS, PORTS, "GET /v1/machines?limit=1");

            now.addAndGet(TimeUnit.MINUTES.toNanos(11));
            api.thenError(404, "{\"error_code\":\"MACHINE_NOT_FOUND\",\"message\":\"no\"}");
            client.previews().requireOffered(NONE);
            assertThat(api.requests()).hasSize(4);
        }
    }

    @Test
    void whereNothingIsFoundTheAddressIsWrong() {
        api.thenError(404, NO_ROUTE).thenError(404, NO_ROUTE).thenError(404, NO_ROUTE);
        assertThatThrownBy(() -> api.client.previews().requireOffered(NONE))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("Could not list machines");
    }

    @Test
    void aFailureOnTheWayIsNoAnswer() {
        api.thenError(401, "{\"error_code\":\"AUTH_INVALID\",\"message\":\"no\"}");
        assertThatThrownBy(() -> api.client.previews().requireOffered(NONE))
                .isInstanceOf(AuthenticationException.class);
        api.thenError(404, "{\"error_code\":\"MACHINE_NOT_FOUND\",\"message\":\"no\"}");
        api.client.previews().requireOffered(NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void theEmulatorOffersWhatItsGenerationHas(int generation) throws IOException {
        try (Emulator emulator = Emulator.start(
                        EmulatorConfig.builder().generation(generation).build());
                DedalusClient client = DedalusClient.builder()
                        .baseUrl(emulator.baseUrl().toString())
                        .apiKey(emulator.apiKey())
                        .build()) {
            if (generation == 4) {
                assertThatThrownBy(() -> client.previews().requireOffered(NONE))
                        .isInstanceOf(PreviewsNotOfferedException.class);
            } else {
                assertThatCode(() -> client.previews().requireOffered(NONE)).doesNotThrowAnyException();
            }
        }
    }
}
