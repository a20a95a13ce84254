package io.jenkins.plugins.dedalus.proxy.io;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xServerConnection;

/** Ends a connection so that its peer can't take the end for the end of what it was sent. */
public final class Resets {
    private Resets() {}

    public static void reset(HttpConnection connection) {
        if (connection instanceof Http1xServerConnection http1) {
            Channel channel = http1.channel();
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        } else {
            connection.close();
        }
    }
}
