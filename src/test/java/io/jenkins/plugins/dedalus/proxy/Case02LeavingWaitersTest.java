package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Case 2, the other half: who leaves makes room for others. */
class Case02LeavingWaitersTest {
    private static final String HOST = "pr-2.previews.example.net";
    private static final int ROOM = 5;

    @Test
    void case02_whoLeftTakesNobodysPlace() throws Exception {
        try (EmulatedFleet fleet = new EmulatedFleet(wakes -> wakes.withMaxWaiters(ROOM), settings -> settings)) {
            Route route = fleet.asleep(HOST, "two");
            fleet.emulator.faults().add(Fault.of(Fault.Kind.WAKE_HELD));
            List<RawClient> leaving = new ArrayList<>();
            for (int i = 0; i < ROOM; i++) {
                leaving.add(new RawClient(fleet.port).get(HOST, "/"));
            }
            await().until(() -> fleet.gate.waiters() == ROOM);
            assertThat(fleet.get(HOST, "/").status()).as("the gate is full").isEqualTo(503);
            for (RawClient client : leaving) {
                client.close();
            }

            await().until(() -> fleet.gate.waiters() == 0);
            assertThat(fleet.gate.wakingSince(route.machineId())).isPresent();
            try (RawClient late = new RawClient(fleet.port).get(HOST, "/")) {
                await().until(() -> fleet.gate.waiters() == 1);
                fleet.emulator.faults().clear();
                assertThat(late.response().text()).isEqualTo("two");
            }
            assertThat(fleet.wakes(route)).isEqualTo(1);
        }
    }
}
