package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.wake.WakeSettings;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cases that speak of machines, with machines: real processes that freeze, the real client and the real wake gate. */
class EmulatedWakesTest {
    private static final String HOST = "pr-1.previews.example.net";
    private static final String WAKE = "/v1/machines/.*/wake";

    private static EmulatedFleet fleet;
    private static Route route;

    @BeforeAll
    static void start() throws Exception {
        fleet = new EmulatedFleet(
                EmulatedWakesTest::quick, settings -> settings.keepAliveTimeout(Duration.ofMillis(500)));
        route = fleet.awake(HOST, "one");
    }

    private static WakeSettings quick(WakeSettings settings) {
        return settings.withBackoff(Duration.ofMillis(50), Duration.ofMillis(400));
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @BeforeEach
    void fallAsleep() {
        fleet.sleep(route);
    }

    @AfterEach
    void clear() {
        fleet.emulator.faults().clear();
    }

    /** The next wake goes on only once {@link #letWake} is called. */
    private static void holdWake() {
        fleet.emulator.faults().add(Fault.of(Fault.Kind.WAKE_HELD));
    }

    private static void letWake() {
        fleet.emulator.faults().clear();
    }

    /** A door whose gate gives a wake up after a second. */
    private static EmulatedFleet.Door hasty() {
        return fleet.door(wakes -> quick(wakes).withDeadline(Duration.ofSeconds(1)), settings -> settings);
    }

    @Test
    void case01_aThousandConcurrentColdRequestsAreExactlyOneWakeCall() throws Exception {
        holdWake();
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                clients.add(new RawClient(fleet.port).get(HOST, "/" + i));
            }
            await().until(() -> fleet.metrics.waiters.get() == 1000);
            letWake();
            for (RawClient client : clients) {
                RawClient.Response response = client.response();
                assertThat(response.status()).as(response.text()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("one");
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
        assertThat(fleet.wakes(route)).isEqualTo(1);
        assertThat(fleet.metrics.waiters.get()).isZero();
    }

    @Test
    void case02_theFirstWaiterLeavesMidWakeAndTheOthersSucceed() throws Exception {
        holdWake();
        RawClient first = new RawClient(fleet.port).get(HOST, "/");
        await().until(() -> fleet.metrics.waiters.get() == 1);
        try (RawClient second = new RawClient(fleet.port).get(HOST, "/")) {
            await().until(() -> fleet.metrics.waiters.get() == 2);
            first.close();
            await().until(() -> fleet.metrics.waiters.get() == 1);
            letWake();

            assertThat(second.response().text()).isEqualTo("one");
        }
        assertThat(fleet.wakes(route)).isEqualTo(1);
    }

    @Test
    void case03_refusedWakesAreTriedAgainNoSoonerThanAsked() throws Exception {
        fleet.emulator.faults().add(Fault.api(1, "POST", WAKE, 503, "DEPENDENCY_UNAVAILABLE", 0));
        fleet.emulator.faults().add(Fault.api(1, "POST", WAKE, 429, "RATE_LIMITED", 600));
        long before = System.nanoTime();

        assertThat(fleet.get(HOST, "/").text()).isEqualTo("one");

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)).isGreaterThanOrEqualTo(600);
        assertThat(fleet.wakes(route)).isEqualTo(3);
    }

    @Test
    void aRequestToAMachineThatIsBeingPutToSleepWaitsForThatAndForTheWake() throws Exception {
        fleet.get(HOST, "/");
        fleet.beginsToSleepUnnoticed(route, Duration.ofMillis(1500));

        RawClient.Response response = fleet.get(HOST, "/");

        assertThat(response.status()).as(response.text()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("one");
        assertThat(fleet.wakes(route)).as("none while it stops, then one").isEqualTo(1);
    }

    @Test
    void case03_noFailureIsRememberedForEver() throws Exception {
        fleet.emulator.faults().add(Fault.api(-1, "POST", WAKE, 409, "INVALID_STATE", 0));
        try (EmulatedFleet.Door hasty = hasty()) {
            RawClient.Response refused = hasty.get(HOST, "/");
            assertThat(refused.status()).isIn(503, 504);
            assertThat(refused.header("Retry-After")).isNotNull();

            fleet.emulator.faults().clear();

            await().until(() -> hasty.get(HOST, "/").status() == 200);
        }
    }

    @Test
    void case04_aHangingWakeIs504AtTheDeadlineAndTheNextRequestTriesAnew() throws Exception {
        fleet.emulator.faults().add(Fault.of(Fault.Kind.WAKE_HANGS).always());
        try (EmulatedFleet.Door hasty = hasty()) {
            assertThat(hasty.get(HOST, "/").status()).isEqualTo(504);
            assertThat(hasty.metrics.waiters.get()).isZero();

            fleet.emulator.faults().clear();
            await().until(() -> hasty.get(HOST, "/").status() == 200);
        }
    }

    @Test
    void case05_aMachineThatSleepsBehindOurBackIsNoticedByNobody() throws Exception {
        for (int i = 0; i < 2; i++) {
            fleet.sleepUnnoticed(route);

            assertThat(fleet.get(HOST, "/").text()).isEqualTo("one");
            assertThat(fleet.wakes(route)).isEqualTo(1);
        }
    }

    @Test
    void case05_aPostRacesAutosleepAndArrivesOnce() throws Exception {
        fleet.get(HOST, "/");
        int before = Integer.parseInt(fleet.get(HOST, "/posts").text());
        byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
        // However lately the app answered, it is asked before a body is sent.
        try (EmulatedFleet.Door door =
                fleet.door(EmulatedWakesTest::quick, settings -> settings.confirmBeliefAfter(Duration.ZERO))) {
            assertThat(door.get(HOST, "/").text()).isEqualTo("one");
            fleet.sleep(route);
            door.gate.seenActive(route.machineId());

            RawClient.Response response = RawClient.once(
                    door.port, "POST /digest HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: 5\r\n\r\nhello");

            assertThat(response.text()).isEqualTo(MachineApp.digest(new ByteArrayInputStream(body), 5));
        }
        assertThat(fleet.get(HOST, "/posts").text()).isEqualTo(Integer.toString(before + 1));
    }

    @Test
    void case06_anAppThatRefusesForAWhileBehindASlowNetworkIsWaitedFor() throws Exception {
        fleet.emulator
                .faults()
                .add(Fault.of(Fault.Kind.PREVIEW_DELAY)
                        .withDelay(Duration.ofMillis(150))
                        .always());
        fleet.emulator
                .faults()
                .add(Fault.of(Fault.Kind.PREVIEW_REFUSE)
                        .withDelay(Duration.ofMillis(800))
                        .always());
        long before = System.nanoTime();

        assertThat(fleet.get(HOST, "/").text()).isEqualTo("one");

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)).isGreaterThanOrEqualTo(800);
        assertThat(fleet.wakes(route)).isEqualTo(1);
    }

    @Test
    void case06_aGatewayThatAnswers503ForAWhileAfterTheWakeIsWaitedFor() throws Exception {
        fleet.emulator
                .faults()
                .add(Fault.gatewayAfterWake(503, Duration.ofMillis(500)).always());

        assertThat(fleet.get(HOST, "/").text()).isEqualTo("one");
        assertThat(fleet.wakes(route)).isEqualTo(1);
    }

    @Test
    void case09_aConnectionResetWithinAPostIs502AndThePostIsSentOnce() throws Exception {
        fleet.get(HOST, "/");
        int before = Integer.parseInt(fleet.get(HOST, "/posts").text());
        // A fault is a new connection's.
        await().until(() -> fleet.metrics.upstreamConnections.get() == 0);
        fleet.emulator
                .faults()
                .add(Fault.previewReset(20_000, true)
                        .withCalls("POST", "/digest")
                        .always());
        try (RawClient client = new RawClient(fleet.port)) {
            client.send("POST /digest HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: 60000\r\n\r\n");
            client.send(new byte[60_000]);

            assertThat(client.response().status()).isEqualTo(502);
        }
        fleet.emulator.faults().clear();
        assertThat(Integer.parseInt(fleet.get(HOST, "/posts").text()) - before).isLessThanOrEqualTo(1);
    }

    @Test
    void case10_aConnectionResetWithinAResponseLeavesItTruncated() throws Exception {
        fleet.get(HOST, "/");
        await().until(() -> fleet.metrics.upstreamConnections.get() == 0);
        fleet.emulator
                .faults()
                .add(Fault.previewReset(50_000, false).withCalls("GET", "/big").always());

        assertThatThrownBy(() -> fleet.get(HOST, "/big")).isInstanceOf(IOException.class);
    }

    @Test
    void case07_aMachineDeletedInTheConsoleIsToBeBuiltAgainAndIsSaidSoAtOnce() throws Exception {
        Route deleted = fleet.asleep("pr-17.previews.example.net", "seventeen");
        fleet.client.machines().delete(deleted.machineId(), RequestOptions.none());
        await().until(() -> fleet.client
                .machines()
                .get(deleted.machineId(), RequestOptions.none())
                .phase()
                .equals(MachinePhase.DESTROYED));

        for (int i = 0; i < 3; i++) {
            RawClient.Response answer = fleet.get(deleted.host(), "/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).contains("is gone", "Build the change request again");
            assertThat(answer.head() + answer.text()).doesNotContain(deleted.machineId(), "(HTTP", "INVALID_STATE");
            assertThat(answer.header("Retry-After")).isNotNull();
            assertThat(answer.header("Clear-Site-Data"))
                    .as("the pull request is open")
                    .isNull();
        }
        assertThat(fleet.wakes(deleted)).as("each is final").isBetween(1L, 3L);
    }

    @Test
    void case07_aMachineDeletedMidWakeIs503() throws Exception {
        Route doomed = fleet.asleep("pr-7.previews.example.net", "seven");
        holdWake();
        try (RawClient client = new RawClient(fleet.port).get(doomed.host(), "/")) {
            await().until(() -> fleet.metrics.waiters.get() == 1 && fleet.wakes(doomed) == 1);
            fleet.client.machines().delete(doomed.machineId(), RequestOptions.none());

            assertThat(client.response().status()).isEqualTo(503);
        }
    }

    @Test
    void case07_aMachineRecreatedMidWakeIsServedFromItsNewAddress() throws Exception {
        Route old = fleet.asleep("pr-8.previews.example.net", "old");
        Route other = fleet.asleep("pr-9.previews.example.net", "recreated");
        holdWake();
        try (RawClient client = new RawClient(fleet.port).get(old.host(), "/")) {
            await().until(() -> fleet.metrics.waiters.get() == 1 && fleet.wakes(old) == 1);
            fleet.directory.put(TestProxy.route(old.host(), other.machineId(), other.upstream())
                    .build());
            letWake();

            assertThat(client.response().text()).isEqualTo("recreated");
        }
    }

    @Test
    void case08_aBigPostToASleepingMachineArrivesOnceAndWhole() throws Exception {
        byte[] body = new byte[8 * 1024 * 1024];
        new Random(8).nextBytes(body);
        holdWake();
        try (RawClient client = new RawClient(fleet.port)) {
            client.send("POST /digest HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: " + body.length + "\r\n\r\n");
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(client, body));
            await().until(() -> fleet.wakes(route) == 1);
            letWake();

            assertThat(client.response().text())
                    .isEqualTo(MachineApp.digest(new ByteArrayInputStream(body), body.length));
            sent.join();
        }
        assertThat(fleet.wakes(route)).isEqualTo(1);
    }

    private static void send(RawClient client, byte[] body) {
        try {
            client.send(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void case13_aWebSocketWakesAMachineAndSoDoesTheNextOneAfterItSlept() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (RawClient client = new RawClient(fleet.port)) {
                client.send(WebSockets.handshake(HOST, "/hmr", "Sec-WebSocket-Protocol: vite-hmr"));
                assertThat(client.head()).startsWith("HTTP/1.1 101").containsIgnoringCase("vite-hmr");
                client.send(WebSockets.frame(WebSockets.TEXT, new byte[] {65}, true));
                assertThat(WebSockets.read(client.in()).text()).isEqualTo("A");
                assertThat(fleet.wakes(route)).isEqualTo(1);
                fleet.sleepUnnoticed(route);
            }
        }
    }
}
