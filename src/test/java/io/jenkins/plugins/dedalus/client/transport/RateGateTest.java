package io.jenkins.plugins.dedalus.client.transport;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.dedalus.client.ApiServer;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.MachinesApi;
import io.jenkins.plugins.dedalus.client.call.Priority;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.error.ServerException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the API asked for a pause, the client keeps it, and people go first when it is over. */
class RateGateTest {

    private static final RequestOptions PERSON = RequestOptions.none();
    private static final RequestOptions POLL = PERSON.withPriority(Priority.BACKGROUND);
    private static final String LIMITED =
            "{\"error_code\":\"RATE_LIMITED\",\"message\":\"slow down\",\"retry_after_ms\":20000}";

    private final ApiServer api = new ApiServer();
    private double random;
    private final DedalusClient client = api.builder().random(() -> random).build();
    private final MachinesApi machines = client.unretried().machines();

    @AfterEach
    void close() {
        client.close();
        api.close();
    }

    @Test
    void nothingGoesOutBeforeThePauseIsOver() {
        limit();
        api.time.advance(ofSeconds(5));
        RateLimitException held = refused(PERSON);
        assertThat(held.retryAfter()).contains(ofSeconds(15));
        assertThat(held.retryable()).isTrue();
        assertThat(held).hasMessageContaining("another 15 s").hasMessageContaining("Nothing was sent");
        assertThat(api.requests()).hasSize(1);
        assertThat(api.time.sleeps()).isEmpty();

        api.time.advance(ofSeconds(15));
        api.thenJson(ApiServer.MACHINE);
        assertThat(machines.get("dm-1", PERSON).machineId()).isEqualTo("dm-1");
    }

    @Test
    void whatSomebodyWaitsForFindsOutOncePerKindWhetherItIsLimitedToo() {
        limit();
        refused(POLL);
        assertThat(api.requests()).hasSize(1);
        api.thenJson(ApiServer.MACHINE);
        machines.sleep("dm-2", PERSON);
        api.thenError(429, LIMITED);
        assertThatThrownBy(() -> machines.wake("dm-3", PERSON)).isInstanceOf(RateLimitException.class);
        assertThatThrownBy(() -> machines.wake("dm-4", PERSON)).hasMessageContaining("Nothing was sent");
        assertThat(api.requests()).hasSize(3);
    }

    @Test
    void pollsHoldUpNobody() {
        api.thenError(429, LIMITED);
        refused(POLL);
        refused(POLL);
        api.thenJson(ApiServer.MACHINE);
        machines.get("dm-1", PERSON);
        assertThat(api.requests()).hasSize(2);
    }

    @Test
    void peopleGoBeforePolls() {
        limit();
        api.time.advance(ofSeconds(20));
        assertThat(refused(POLL).retryAfter()).contains(ofSeconds(1));
        api.thenJson(ApiServer.MACHINE);
        machines.wake("dm-1", PERSON);
        api.time.advance(ofMillis(999));
        refused(POLL);
        assertThat(api.requests()).hasSize(2);
        api.time.advance(ofMillis(1));
        api.thenJson(ApiServer.MACHINE);
        machines.get("dm-1", POLL);
    }

    @Test
    void thosePutOffTogetherDontComeBackTogether() {
        limit();
        Stream.of(0.0, 0.25, 0.999).forEach(drawn -> {
            random = drawn;
            assertThat(refused(PERSON).retryAfter().orElseThrow()).isEqualTo(ofMillis(20_000 + (long) (drawn * 1000)));
            assertThat(refused(POLL).retryAfter().orElseThrow()).isEqualTo(ofMillis(21_000 + (long) (drawn * 4000)));
        });
        random = 0.5;
        api.time.advance(ofSeconds(30));
        assertThat(limit().retryAfter())
                .as("whom the API itself sent away, too")
                .contains(ofMillis(20_500));
    }

    @Test
    void theLongestPauseCountsAndNoneIsEndless() {
        limit();
        assertThat(api.requests()).hasSize(1);
        api.time.advance(ofSeconds(20));
        api.thenError(429, LIMITED.replace("20000", "86400000"));
        assertThat(refused(PERSON).retryAfter()).contains(Duration.ofDays(1));
        assertThat(refused(PERSON).retryAfter()).contains(Duration.ofMinutes(2));
        api.time.advance(Duration.ofMinutes(2));
        api.thenJson(ApiServer.MACHINE);
        machines.get("dm-1", PERSON);
    }

    @Test
    void aCallThatWaitsForItsOwnFirstTryHoldsNobodyElseUp() {
        api.thenError(
                429,
                LIMITED.replace("\"message\"", "\"details\":{\"rate_limit_scope\":\"idempotency_key\"},\"message\""));
        assertThat(refused(PERSON).retryAfter()).contains(ofSeconds(20));
        api.thenError(429, "{\"error_code\":\"RATE_LIMITED\",\"message\":\"no time is named\"}");
        assertThat(refused(POLL).retryAfter()).isEmpty();
        api.thenJson(ApiServer.MACHINE);
        machines.get("dm-1", POLL);
    }

    @Test
    void whoMayWaitKeepsTheSamePauseByItself() {
        limit();
        api.thenJson(ApiServer.MACHINE);
        client.machines().get("dm-1", PERSON);
        assertThat(api.time.sleeps()).containsExactly(ofSeconds(20));
        assertThat(api.requests()).hasSize(2);
    }

    @Test
    void withoutRetriesACallFailsAtOnce() {
        api.thenError(503, "{\"error_code\":\"DEPENDENCY_UNAVAILABLE\",\"retryable\":true,\"retry_after_ms\":9000}");
        assertThatThrownBy(() -> machines.get("dm-1", PERSON))
                .isInstanceOfSatisfying(
                        ServerException.class, e -> assertThat(e.retryAfter()).contains(ofSeconds(9)));
        assertThat(api.time.sleeps()).isEmpty();
        api.thenJson(ApiServer.MACHINE);
        machines.get("dm-1", POLL);
    }

    private RateLimitException limit() {
        api.thenError(429, LIMITED);
        return refused(PERSON);
    }

    private RateLimitException refused(RequestOptions options) {
        return catchThrowableOfType(RateLimitException.class, () -> machines.get("dm-1", options));
    }
}
