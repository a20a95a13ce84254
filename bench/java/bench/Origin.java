package bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;

/** An origin that takes uploads and WebSockets and sends events; a process of its own, so that it shares no heap or files. */
final class Origin {
    static final int EVENTS = 500;
    private static final int EVENT_MILLIS = 10;

    private Origin() {}

    /** Takes the port. */
    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.vertx();
        vertx.createHttpServer(new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(Integer.parseInt(args[0]))
                        .setAcceptBacklog(4096))
                .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage))
                .requestHandler(request -> {
                    if (request.path().endsWith("/events")) {
                        events(vertx, request);
                    } else {
                        long[] bytes = new long[1];
                        request.handler(buffer -> bytes[0] += buffer.length());
                        request.endHandler(done -> request.response().end(Long.toString(bytes[0])));
                    }
                })
                .listen();
    }

    /** Each event says when it was sent, by the clock that all processes of this machine share. */
    private static void events(Vertx vertx, HttpServerRequest request) {
        request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
        int[] sent = new int[1];
        vertx.setPeriodic(EVENT_MILLIS, id -> {
            if (sent[0]++ < EVENTS) {
                request.response().write("data: " + System.nanoTime() + "\n\n");
            } else {
                vertx.cancelTimer(id);
                request.response().end();
            }
        });
    }
}
