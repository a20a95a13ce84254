package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.wake.WakeSettings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Case 3: refused wakes are tried again, no sooner than asked and no later than the bound; no failure stays. */
class Case03RefusedWakesTest {
    private static WakeSettings quick(WakeSettings settings) {
        return settings.withBackoff(Duration.ofMillis(100), Duration.ofMillis(200))
                .withDeadline(Duration.ofSeconds(60));
    }

    @Test
    void case03_everyKindOfRefusalIsTriedAgainNoSoonerThanAsked() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("awake");
                ScriptedGate gate = new ScriptedGate(Case03RefusedWakesTest::quick, (call, out) -> {
                    switch (call) {
                        case 1 -> ScriptedGate.refuse(out, 409, "");
                        case 2 -> ScriptedGate.refuse(out, 429, ",\"retry_after_ms\":700");
                        case 3 -> ScriptedGate.refuse(out, 429, "", "Retry-After: 1");
                        case 4 -> ScriptedGate.refuse(out, 500, "");
                        case 5 -> ScriptedGate.refuse(out, 502, "");
                        case 6 -> ScriptedGate.refuse(out, 503, ",\"retryable\":true");
                        case 7 -> ScriptedGate.refuse(out, 504, "");
                        default -> ScriptedGate.running(out);
                    }
                });
                TestProxy proxy = gate.proxy()) {
            proxy.route(upstream.uri());

            assertThat(proxy.get("/").text()).isEqualTo("awake");

            assertThat(gate.wakes()).isEqualTo(8);
            assertThat(gate.pauseBefore(2)).isGreaterThanOrEqualTo(Duration.ofMillis(95));
            assertThat(gate.pauseBefore(3)).isGreaterThanOrEqualTo(Duration.ofMillis(695));
            assertThat(gate.pauseBefore(4)).isGreaterThanOrEqualTo(Duration.ofMillis(995));
            for (int call = 5; call <= 8; call++) {
                assertThat(gate.pauseBefore(call)).as("pause %d", call).isGreaterThanOrEqualTo(Duration.ofMillis(195));
            }
            assertThat(proxy.get("/").text()).isEqualTo("awake");
            assertThat(gate.wakes()).as("awake is awake").isEqualTo(8);
        }
    }

    @Test
    void case03_theBackoffIsBounded() throws Exception {
        int refusals = 10;
        try (RawUpstream upstream = RawUpstream.saying("awake");
                ScriptedGate gate = new ScriptedGate(Case03RefusedWakesTest::quick, (call, out) -> {
                    if (call <= refusals) {
                        ScriptedGate.refuse(out, 503, "");
                    } else {
                        ScriptedGate.running(out);
                    }
                });
                TestProxy proxy = gate.proxy()) {
            proxy.route(upstream.uri());

            // Ten pauses of at most 200 ms; doubled without a bound they would not fit into the wake's minute.
            assertThat(proxy.get("/").text()).isEqualTo("awake");
            assertThat(gate.wakes()).isEqualTo(refusals + 1);
        }
    }

    @Test
    void case03_aFailureIsToldForItsPauseAndAsksNobodyMeanwhile() throws Exception {
        AtomicBoolean refusing = new AtomicBoolean(true);
        try (RawUpstream upstream = RawUpstream.saying("awake");
                ScriptedGate gate = new ScriptedGate(Case03RefusedWakesTest::quick, (call, out) -> {
                    if (refusing.get()) {
                        ScriptedGate.refuse(out, 429, ",\"retry_after_ms\":100000");
                    } else {
                        ScriptedGate.running(out);
                    }
                });
                TestProxy proxy = gate.proxy()) {
            proxy.route(upstream.uri());

            // Longer than the wake may take: told at once, with when to come back.
            RawClient.Response refused = proxy.get("/");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(Integer.parseInt(refused.header("Retry-After")))
                    .as("what was asked for, and up to a second so that not all come at once")
                    .isBetween(100, 102);

            refusing.set(false);
            for (int i = 0; i < 5; i++) {
                RawClient.Response early = proxy.get("/");
                assertThat(early.status()).isEqualTo(503);
                assertThat(Integer.parseInt(early.header("Retry-After"))).isBetween(1, 102);
            }
            assertThat(gate.wakes())
                    .as("nobody is asked before the time is over")
                    .isEqualTo(1);
            assertThat(upstream.requests()).isEmpty();
        }
    }
}
