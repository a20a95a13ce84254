package bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Many WebSockets that say nothing: what one costs of the router's heap. */
final class Sockets {
    private static final int AT_ONCE = 200;
    private static final double GOAL_KIB = 64;

    private Sockets() {}

    /** As many as wanted, or as the limit of open files allows: the router holds two for each. */
    static int affordable(int wanted) throws IOException {
        Path limits = Path.of("/proc/self/limits");
        if (!Files.exists(limits)) {
            return wanted;
        }
        Matcher files = Pattern.compile("Max open files +(\\d+)").matcher(Files.readString(limits));
        return files.find() ? Math.min(wanted, (Integer.parseInt(files.group(1)) - 400) / 2) : wanted;
    }

    static List<Row> measure(Stage stage, int count) throws Exception {
        Vertx vertx = Vertx.vertx();
        WebSocketClient client = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(count));
        List<WebSocket> open = new ArrayList<>();
        AtomicInteger failed = new AtomicInteger();
        try {
            long before = stage.routerHeap();
            Semaphore turn = new Semaphore(AT_ONCE);
            for (int i = 0; i < count; i++) {
                turn.acquire();
                client.connect(new WebSocketConnectOptions()
                                .setHost("127.0.0.1")
                                .setPort(stage.routerPort)
                                .setURI("/live/socket")
                                .addHeader("Host", "live.localhost"))
                        .onComplete(done -> {
                            if (done.succeeded()) {
                                synchronized (open) {
                                    open.add(done.result());
                                }
                            } else {
                                failed.incrementAndGet();
                            }
                            turn.release();
                        });
            }
            if (!turn.tryAcquire(AT_ONCE, 60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Not all WebSockets were answered.");
            }
            double kib = (stage.routerHeap() - before) / 1024.0 / count;
            return List.of(new Row(
                    "heap per idle WebSocket, KiB, " + open.size() + " open, " + failed.get() + " failed",
                    "",
                    Row.number(kib),
                    "",
                    Row.goal("≤ 64 KiB, none failed", kib <= GOAL_KIB && failed.get() == 0)));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }
}
