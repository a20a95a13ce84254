package io.jenkins.plugins.dedalus.proxy;

import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.client.model.PreviewUrl;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlCreate;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.preview.wake.WakeSettings;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamProbe;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Emulated machines with an app each, the real client and wake gate, and the proxy in front of them. */
final class EmulatedFleet implements AutoCloseable {
    private static final RequestOptions NONE = RequestOptions.none();
    private static final int APP_PORT = 3000;

    final Emulator emulator;
    final DedalusClient client;
    final TestProxy.MapDirectory directory = new TestProxy.MapDirectory();
    private final Optional<String> key;
    private final Door door;
    final WakeGate gate;
    final CountingMetrics metrics;
    final int port;

    /** A gate and a proxy in front of the fleet, with beliefs of their own. */
    final class Door implements AutoCloseable {
        final CountingMetrics metrics = new CountingMetrics();
        final WakeGate gate;
        final int port;
        private final UpstreamProbe probe;
        private final PreviewProxy proxy;

        private Door(UnaryOperator<WakeSettings> wakes, UnaryOperator<ProxySettings.Builder> settings) {
            ProxySettings limits = settings.apply(ProxySettings.builder()
                            .allowLoopback(true)
                            .eventLoops(2)
                            .wakeDeadline(Duration.ofSeconds(60)))
                    .build();
            probe = new UpstreamProbe(limits, () -> key);
            gate = WakeGate.builder()
                    .client(client)
                    .probe(probe)
                    .settings(wakes.apply(WakeSettings.DEFAULT))
                    .build();
            proxy = PreviewProxy.builder()
                    .directory(directory)
                    .waker(new GateWaker(gate))
                    .metrics(metrics)
                    .credentials(route -> route.takesViewerKey() ? key : Optional.empty())
                    .settings(limits)
                    .build();
            port = TestProxy.await(proxy.start(ListenOptions.http("127.0.0.1", 0)));
        }

        RawClient.Response get(String host, String target) throws IOException {
            return RawClient.get(port, host, target);
        }

        @Override
        public void close() {
            TestProxy.await(proxy.close(Duration.ofMillis(50)));
            gate.close();
            probe.close();
        }
    }

    EmulatedFleet(UnaryOperator<WakeSettings> wakes, UnaryOperator<ProxySettings.Builder> settings) throws IOException {
        this(wakes, settings, false);
    }

    /** @param viewerKey whether restricted preview URLs are opened with the API key */
    EmulatedFleet(UnaryOperator<WakeSettings> wakes, UnaryOperator<ProxySettings.Builder> settings, boolean viewerKey)
            throws IOException {
        emulator = Emulator.start(EmulatorConfig.defaults());
        client = DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .maxRetries(0)
                .build();
        key = viewerKey ? Optional.of("Bearer " + emulator.apiKey()) : Optional.empty();
        door = new Door(wakes, settings);
        gate = door.gate;
        metrics = door.metrics;
        port = door.port;
    }

    /** Another gate and another proxy, which believe nothing yet. */
    Door door(UnaryOperator<WakeSettings> wakes, UnaryOperator<ProxySettings.Builder> settings) {
        return new Door(wakes, settings);
    }

    /** Listens for TLS too, with a certificate made in this directory; returns the port. */
    int tls(Path directory) throws Exception {
        return TestProxy.tls(door.proxy, directory);
    }

    /** Makes a machine that serves {@code name} and routes {@code host} to it; leaves it asleep. */
    Route asleep(String host, String name) {
        Route route = awake(host, name);
        sleep(route);
        return route;
    }

    /** Makes a machine that serves {@code name} and routes {@code host} to it. */
    Route awake(String host, String name) {
        return awake(host, name, Visibility.PUBLIC);
    }

    Route awake(String host, String name, Visibility visibility) {
        String machine = client.machines()
                .create(new MachineCreate(1, 512, 5, "5m"), NONE)
                .machineId();
        await().until(() -> client.machines().get(machine, NONE).phase().equals(MachinePhase.RUNNING));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String start = "PORT=${PORT:-" + APP_PORT + "} setsid '" + java
                + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m -cp '"
                + MachineApp.classes() + "' "
                + MachineApp.class.getName() + " '" + name + "' >log 2>&1 </dev/null &";
        client.executions()
                .create(machine, new ExecutionCreate(List.of("bash", "-c", start), null, Map.of(), null, null), NONE);
        String preview = client.previews()
                .create(machine, new PreviewUrlCreate(APP_PORT, Protocol.HTTP, visibility), NONE)
                .previewId();
        await().until(() -> client.previews().get(machine, preview, NONE).url() != null);
        PreviewUrl ready = client.previews().get(machine, preview, NONE);
        Route route = TestProxy.route(host, machine, origin(ready.url()))
                .visibility(visibility)
                .access(Visibility.PUBLIC.equals(visibility) ? AccessMode.PUBLIC : AccessMode.JENKINS)
                .build();
        directory.put(route);
        await().until(() -> get(host, "/").status() == 200);
        return route;
    }

    private static URI origin(String url) {
        URI uri = URI.create(url);
        return URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
    }

    /** Puts a machine to sleep, and has the gate and the call log forget that it was awake. */
    void sleep(Route route) {
        await().until(() -> gate.wakingSince(route.machineId()).isEmpty());
        client.machines().sleep(route.machineId(), NONE);
        await().until(() ->
                client.machines().get(route.machineId(), NONE).phase().equals(MachinePhase.SLEEPING));
        gate.drop(route.machineId());
        emulator.calls().clear();
    }

    /** Begins to put a machine to sleep behind the gate's back; it takes that long. */
    void beginsToSleepUnnoticed(Route route, Duration stopping) {
        await().until(() -> gate.wakingSince(route.machineId()).isEmpty());
        emulator.faults().add(Fault.delaying(Fault.Kind.SLEEP_SLOW, 1, stopping.toMillis()));
        client.machines().sleep(route.machineId(), NONE);
        gate.seenActive(route.machineId());
        emulator.calls().clear();
    }

    /** Puts a machine to sleep behind the gate's back. */
    void sleepUnnoticed(Route route) {
        sleep(route);
        gate.seenActive(route.machineId());
    }

    long wakes(Route route) {
        return emulator.calls().count("POST", "/v1/machines/" + route.machineId() + "/wake");
    }

    RawClient.Response get(String host, String target, String... headers) throws IOException {
        return RawClient.get(port, host, target, headers);
    }

    @Override
    public void close() {
        door.close();
        client.close();
        emulator.close();
    }
}
