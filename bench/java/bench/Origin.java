package bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;

/** An origin that takes uploads and WebSockets. */
final class Origin implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    Origin() throws Exception {
        server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0).setAcceptBacklog(4096))
                .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage))
                .requestHandler(request -> {
                    long[] bytes = new long[1];
                    request.handler(buffer -> bytes[0] += buffer.length());
                    request.endHandler(done -> request.response().end(Long.toString(bytes[0])));
                });
        server.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    int port() {
        return server.actualPort();
    }

    @Override
    public void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
