package io.jenkins.plugins.dedalus.emulator;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** The preview URLs: a loopback listener each, that passes bytes on as they are while the machine runs. */
final class PreviewListeners {
    private final Vertx vertx;
    private final NetClient client;
    private final FaultControl faults;
    private final Clock clock;
    private final String apiKey;

    PreviewListeners(Vertx vertx, FaultControl faults, Clock clock, String apiKey) {
        this.vertx = vertx;
        this.client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(5000));
        this.faults = faults;
        this.clock = clock;
        this.apiKey = apiKey;
    }

    /** Opens the listener; {@code port} 0 takes a free one. */
    int open(EmulatedMachine machine, EmulatedPreview preview, int port) {
        NetServer server = vertx.createNetServer(
                new NetServerOptions().setHost("127.0.0.1").setPort(port).setAcceptBacklog(4096));
        server.connectHandler(socket -> accept(machine, preview, socket));
        try {
            server.listen().toCompletionStage().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while opening a preview.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Could not open a preview listener: " + e.getCause().getMessage(), e);
        }
        preview.listener = server;
        return server.actualPort();
    }

    private void accept(EmulatedMachine machine, EmulatedPreview preview, NetSocket viewer) {
        viewer.handler(first -> {
            viewer.pause();
            Optional<Fault> delay = faults.take(Fault.Kind.PREVIEW_DELAY);
            if (delay.isPresent()) {
                vertx.setTimer(Math.max(1, delay.get().millis()), t -> pass(machine, preview, viewer, first));
            } else {
                pass(machine, preview, viewer, first);
            }
        });
    }

    private void pass(EmulatedMachine machine, EmulatedPreview preview, NetSocket viewer, Buffer first) {
        Optional<Fault> gateway = faults.take(Fault.Kind.PREVIEW_GATEWAY);
        if (gateway.isPresent()) {
            if (gateway.get().status() == 0) {
                viewer.close();
            } else {
                answer(viewer, gateway.get().status(), gateway.get().code());
            }
            return;
        }
        if (!machine.phase().equals("running") || !preview.status.equals("ready")) {
            answer(viewer, 503, "machine_not_routable");
            return;
        }
        if (!"public".equals(preview.visibility)
                && !first.toString(StandardCharsets.ISO_8859_1).contains("Bearer " + apiKey)) {
            answer(viewer, 401, "AUTH_REQUIRED");
            return;
        }
        machine.touch(clock.instant());
        Sandbox sandbox = machine.sandbox;
        client.connect(sandbox.route(preview.port)).onComplete(connected -> {
            if (connected.failed()) {
                answer(viewer, 502, "app_not_listening");
                return;
            }
            NetSocket inside = connected.result();
            Buffer head = sandbox.sharedPort() == 0 ? Buffer.buffer().appendUnsignedShort(preview.port) : Buffer.buffer();
            inside.write(head.appendBuffer(first)).onComplete(done -> join(viewer, inside, machine));
        });
    }

    private void join(NetSocket viewer, NetSocket inside, EmulatedMachine machine) {
        boolean[] answered = new boolean[1];
        inside.closeHandler(gone -> {
            if (answered[0]) {
                viewer.close();
            } else {
                answer(viewer, 502, "app_not_listening");
            }
        });
        viewer.closeHandler(gone -> inside.close());
        viewer.exceptionHandler(e -> inside.close());
        inside.exceptionHandler(e -> viewer.close());
        inside.handler(bytes -> {
            answered[0] = true;
            machine.touch(clock.instant());
            viewer.write(bytes);
            if (viewer.writeQueueFull()) {
                inside.pause();
                viewer.drainHandler(v -> inside.resume());
            }
        });
        viewer.handler(bytes -> {
            machine.touch(clock.instant());
            inside.write(bytes);
            if (inside.writeQueueFull()) {
                viewer.pause();
                inside.drainHandler(v -> viewer.resume());
            }
        });
        viewer.resume();
    }

    private static void answer(NetSocket viewer, int status, String code) {
        String body = "{\"error_code\":\"" + code + "\",\"message\":\"The machine can't be reached.\",\"retryable\":true}";
        viewer.write("HTTP/1.1 " + status + " Unavailable\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\nConnection: close\r\n\r\n" + body)
                .onComplete(done -> viewer.close());
    }
}
