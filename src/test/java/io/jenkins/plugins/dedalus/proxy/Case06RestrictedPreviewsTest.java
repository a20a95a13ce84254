package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 6 where the preview URL wants a key: its gateway's 401 is no sign of life. */
class Case06RestrictedPreviewsTest {
    private static final String HOST = "pr-6.previews.example.net";

    @ParameterizedTest
    @ValueSource(strings = {"org", "private"})
    void case06_aRestrictedPreviewIsWaitedForLikeAnyOther(String visibility) throws Exception {
        try (EmulatedFleet fleet =
                new EmulatedFleet(wakes -> wakes, settings -> settings.confirmBeliefAfter(Duration.ZERO), true)) {
            Route route = fleet.awake(HOST, "six", Visibility.of(visibility));
            fleet.sleep(route);
            fleet.emulator
                    .faults()
                    .add(Fault.gatewayAfterWake(503, Duration.ofMillis(500)).always());

            RawClient.Response response = fleet.get(HOST, "/");

            assertThat(response.status()).as(response.text()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("six");
            assertThat(fleet.wakes(route)).isEqualTo(1);
            assertThat(fleet.metrics.replayed.get())
                    .as("nothing was forwarded before the app answered")
                    .isZero();
            fleet.emulator.faults().clear();

            fleet.sleepUnnoticed(route);
            RawClient.Response post = RawClient.once(
                    fleet.port, "POST /digest HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: 2\r\n\r\nhi");
            assertThat(post.status()).as(post.text()).isEqualTo(200);
            assertThat(fleet.wakes(route)).isEqualTo(1);
        }
    }
}
