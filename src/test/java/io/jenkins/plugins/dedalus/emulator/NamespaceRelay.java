package io.jenkins.plugins.dedalus.emulator;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;

/**
 * Runs in a machine's network namespace and carries connections from a Unix domain socket, which knows no network
 * namespace, to the ports inside. A connection begins with the port, two bytes; a refused one is closed at once.
 */
final class NamespaceRelay {
    private NamespaceRelay() {}

    /** Takes the socket's path. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx();
        NetClient client = vertx.createNetClient();
        vertx.createNetServer(new NetServerOptions().setAcceptBacklog(4096))
                .connectHandler(socket -> accept(client, socket))
                .listen(SocketAddress.domainSocketAddress(args[0]))
                .onSuccess(server -> {
                    System.out.println("ready");
                    System.out.flush();
                })
                .onFailure(e -> {
                    System.out.println(e);
                    System.exit(1);
                });
    }

    private static void accept(NetClient client, NetSocket outside) {
        outside.handler(first -> {
            outside.pause();
            int port = first.getUnsignedShort(0);
            client.connect(port, "127.0.0.1").onComplete(connected -> {
                if (connected.failed()) {
                    outside.close();
                    return;
                }
                NetSocket inside = connected.result();
                Future<Void> sent = first.length() > 2
                        ? inside.write(first.getBuffer(2, first.length()))
                        : Future.succeededFuture();
                sent.onComplete(done -> Pipes.join(outside, inside));
            });
        });
    }
}
