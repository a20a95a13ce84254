package io.jenkins.plugins.dedalus.proxy;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.preview.wake.WakeSettings;
import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamProbe;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** The real wake gate and the real client, before an API whose wake calls the test answers. */
final class ScriptedGate implements AutoCloseable {
    /** Answers a wake call. */
    @FunctionalInterface
    interface Answer {
        /** @param call counts from 1 */
        void answer(int call, OutputStream out) throws IOException, InterruptedException;
    }

    private static final String JSON = "Content-Type: application/json";

    final WakeGate gate;
    private final List<Long> wakes = new CopyOnWriteArrayList<>();
    private final RawUpstream api;
    private final DedalusClient client;
    private final UpstreamProbe probe;

    ScriptedGate(UnaryOperator<WakeSettings> settings, Answer onWake) throws IOException {
        api = new RawUpstream((request, out) -> {
            request.body();
            if (request.target().endsWith("/wake")) {
                wakes.add(System.nanoTime());
                onWake.answer(wakes.size(), out);
            } else {
                running(out);
            }
        });
        client = DedalusClient.builder()
                .baseUrl(api.uri().toString())
                .apiKey("test-key")
                .maxRetries(0)
                .build();
        probe = new UpstreamProbe(ProxySettings.builder().allowLoopback(true).build(), java.util.Optional::empty);
        gate = WakeGate.builder()
                .client(client)
                .probe(probe)
                .settings(settings.apply(WakeSettings.DEFAULT))
                .build();
    }

    /** The machine runs. */
    static void running(OutputStream out) throws IOException {
        RawUpstream.respond(
                out,
                200,
                "{\"machine_id\":\"" + TestProxy.MACHINE + "\",\"vcpu\":1,\"memory_mib\":2048,\"storage_gib\":10,"
                        + "\"autosleep_seconds\":300,\"desired_state\":\"running\","
                        + "\"status\":{\"phase\":\"running\",\"revision\":\"1\"}}",
                JSON);
    }

    /** @param more further members, each after a comma */
    static void refuse(OutputStream out, int status, String more, String... headers) throws IOException {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = JSON;
        RawUpstream.respond(out, status, "{\"error_code\":\"NO\",\"message\":\"not now\"" + more + "}", all);
    }

    /** A proxy that wakes through this gate. */
    TestProxy proxy() {
        return new TestProxy(
                new FakeWaker(),
                settings -> settings.wakeDeadline(Duration.ofSeconds(60)),
                builder -> builder.waker(new GateWaker(gate)));
    }

    int wakes() {
        return wakes.size();
    }

    /** How long after the call before it this one came; calls count from 1. */
    Duration pauseBefore(int call) {
        return Duration.ofNanos(wakes.get(call - 1) - wakes.get(call - 2));
    }

    @Override
    public void close() throws IOException {
        gate.close();
        probe.close();
        client.close();
        api.close();
    }
}
