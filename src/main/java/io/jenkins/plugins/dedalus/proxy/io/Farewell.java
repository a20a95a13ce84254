package io.jenkins.plugins.dedalus.proxy.io;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Ends an HTTP/2 connection in the order that loses nothing. While a viewer reads the last answer it still sends, at the least
 * the windows it grants; to a socket that is closed already, that is answered by a reset, and with it goes what the viewer
 * had not got yet. So our side says that it has ended, and what comes is dropped until the viewer's side ends as well.
 */
public final class Farewell extends ChannelDuplexHandler {
    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private ChannelHandlerContext context;
    private boolean leaving;
    private boolean heard;

    private Farewell() {}

    /** Watches over the end of this connection; null if it isn't HTTP/2. */
    public static Farewell install(HttpConnection connection) {
        Channel channel = connection instanceof HttpServerConnection server
                ? server.channelHandlerContext().channel()
                : null;
        if (!(channel instanceof DuplexChannel) || channel.pipeline().get(Http2ConnectionHandler.class) == null) {
            return null;
        }
        Farewell watching = channel.pipeline().get(Farewell.class);
        if (watching != null) {
            return watching;
        }
        Farewell farewell = new Farewell();
        // Next to the socket: whatever the others have to say before the end, TLS' own good-bye too, has been said.
        channel.pipeline().addFirst("farewell", farewell);
        return farewell;
    }

    /** Ends the connection now if it is being ended. */
    public void cut() {
        if (leaving) {
            context.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
        if (leaving) {
            return;
        }
        leaving = true;
        ((DuplexChannel) ctx.channel()).shutdownOutput().addListener(ended -> {
            if (ended.isSuccess()) {
                listenOn(ctx);
            } else {
                ctx.close();
            }
        });
    }

    private void listenOn(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(true);
        Future<?> silence = ctx.executor()
                .scheduleAtFixedRate(
                        () -> {
                            if (!heard) {
                                ctx.close();
                            }
                            heard = false;
                        },
                        SILENCE.toMillis(),
                        SILENCE.toMillis(),
                        TimeUnit.MILLISECONDS);
        Future<?> longest = ctx.executor().schedule(() -> ctx.close(), LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        ctx.channel().closeFuture().addListener(closed -> {
            silence.cancel(false);
            longest.cancel(false);
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (leaving) {
            heard = true;
            ReferenceCountUtil.release(msg);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!leaving) {
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event != ChannelOutputShutdownEvent.INSTANCE) {
            ctx.fireUserEventTriggered(event);
        }
    }
}
