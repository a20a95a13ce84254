package io.jenkins.plugins.dedalus.client.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.client.ApiServer;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server's time and the caller, learnt from answers. */
class ServerClockTest {
    private static final RequestOptions NONE = RequestOptions.none();
    private static final Instant TEN = Instant.parse("2026-11-03T10:00:00Z");
    private static final String AT_TEN = "Tue, 03 Nov 2026 10:00:00 GMT";

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE / 3);
    private final ServerClock clock = new ServerClock(nanos::get);
    private final ApiServer api = new ApiServer();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void nothingIsKnownBeforeAnAnswerNamesADate() {
        clock.answered(null, nanos.get());
        clock.answered("yesterday", nanos.get());
        clock.answered("Tue, 03 Nov 1026 10:00:00 GMT", nanos.get());
        assertThat(clock.earliest()).isEmpty();
        assertThat(clock.latest()).isEmpty();
    }

    @Test
    void aSlowAnswerGivesWideBoundsAndNoWrongOnes() {
        long sent = nanos.get();
        pass(Duration.ofSeconds(40));
        clock.answered(AT_TEN, sent);
        assertThat(clock.earliest()).contains(TEN);
        assertThat(clock.latest()).contains(TEN.plusSeconds(41));

        clock.answered("Tue, 03 Nov 2026 10:00:30 GMT", nanos.get());
        assertThat(clock.earliest()).contains(TEN.plusSeconds(30));
        assertThat(clock.latest()).contains(TEN.plusSeconds(31));
        long slowAgain = nanos.get();
        pass(Duration.ofSeconds(60));
        clock.answered("Tue, 03 Nov 2026 10:00:31 GMT", slowAgain);
        assertThat(clock.earliest()).contains(TEN.plusSeconds(90));
        assertThat(clock.latest()).contains(TEN.plusSeconds(91));
    }

    @Test
    void manyAnswersNarrowIt() {
        clock.answered(AT_TEN, nanos.get());
        pass(Duration.ofMillis(300));
        clock.answered("Tue, 03 Nov 2026 10:00:01 GMT", nanos.get());
        assertThat(clock.earliest()).contains(TEN.plusSeconds(1));
        assertThat(clock.latest()).contains(TEN.plusMillis(1300));
    }

    @Test
    void oneAnswerThatContradictsIsNotBelievedAndTwoThatAgreeAre() {
        clock.answered(AT_TEN, nanos.get());
        clock.answered("Tue, 10 Nov 2026 10:00:00 GMT", nanos.get());
        assertThat(clock.earliest()).contains(TEN);
        clock.answered(AT_TEN, nanos.get());
        clock.answered("Tue, 10 Nov 2026 10:00:00 GMT", nanos.get());
        assertThat(clock.earliest()).contains(TEN);
        clock.answered("Tue, 10 Nov 2026 10:00:00 GMT", nanos.get());
        assertThat(clock.earliest()).contains(TEN.plus(Duration.ofDays(7)));
    }

    @Test
    void theClientTellsTheServersTimeWhateverItsOwnClockSays() {
        try (DedalusClient client = api.builder().nanoTime(nanos::get).build()) {
            assertThat(client.serverClock().earliest()).isEmpty();
            api.then(ApiServer.json(200, ApiServer.MACHINE)
                    .setHeader("Date", AT_TEN)
                    .build());
            client.machines().get("dm-1", NONE);
            api.time.advance(Duration.ofDays(7));
            pass(Duration.ofSeconds(5));
            assertThat(client.serverClock().earliest()).contains(TEN.plusSeconds(5));
        }
    }

    @Test
    void theCallerIsTheSameUntilKeyOrOrganisationChange() {
        Caller first = called(api.builder());
        assertThat(called(api.builder()).fingerprint("salt"))
                .isEqualTo(first.fingerprint("salt"))
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(first.fingerprint("pepper"))
                .isNotEqualTo(called(api.builder().apiKey("dsk_other")).fingerprint("salt"))
                .isNotEqualTo(called(api.builder().organizationId("org-1")).fingerprint("salt"));
        assertThat(first).hasToString("Caller");
    }

    @Test
    void aRefusalSaysNothingAboutTheCallerAndA404Does() {
        try (DedalusClient client = api.builder().maxRetries(0).build()) {
            assertThat(client.caller()).isEmpty();
            api.thenError(401, "{\"error_code\":\"AUTH_INVALID\",\"message\":\"no\"}");
            fails(client);
            assertThat(client.caller()).isEmpty();
            api.thenError(404, "{\"error_code\":\"NOT_FOUND\",\"message\":\"no\"}");
            fails(client);
            Optional<Caller> caller = client.caller();
            assertThat(caller).isPresent();
            api.thenJson(ApiServer.MACHINE);
            client.machines().get("dm-1", NONE);
            assertThat(client.caller()).isEqualTo(caller);
        }
    }

    private Caller called(DedalusClient.Builder builder) {
        try (DedalusClient client = builder.build()) {
            api.thenJson(ApiServer.MACHINE);
            client.machines().get("dm-1", NONE);
            return client.caller().orElseThrow();
        }
    }

    private static void fails(DedalusClient client) {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> client.machines().get("dm-1", NONE)))
                .isInstanceOf(DedalusException.class);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
