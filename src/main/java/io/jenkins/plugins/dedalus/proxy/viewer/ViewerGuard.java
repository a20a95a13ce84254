package io.jenkins.plugins.dedalus.proxy.viewer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xServerConnection;

/**
 * Stands between a viewer's HTTP/1 and Vert.x, which closes without a word where a body can't be read, and where a viewer says
 * that it will send nothing more; and which promises old viewers to go on after an answer that only an end can end.
 */
public final class ViewerGuard extends ChannelDuplexHandler {
    private final ViewerConnection viewer;
    private boolean deaf;
    private int heads;

    private ViewerGuard(ViewerConnection viewer) {
        this.viewer = viewer;
    }

    public static void install(HttpConnection connection, ViewerConnection viewer) {
        if (connection instanceof Http1xServerConnection http1) {
            Channel channel = http1.channel();
            channel.pipeline().addBefore("handler", "viewer", new ViewerGuard(viewer));
            if (!connection.isSsl()) {
                channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        // What can't be read from its first line on is answered by InvalidRequests.
        boolean malformed = msg instanceof HttpContent content
                && !(msg instanceof HttpMessage)
                && content.decoderResult().isFailure();
        if (!deaf && !malformed) {
            noteTrailers(msg);
            ctx.fireChannelRead(msg);
            return;
        }
        ReferenceCountUtil.release(msg);
        if (!deaf) {
            deaf = true;
            viewer.malformed();
        }
    }

    /** Vert.x drops them. */
    private void noteTrailers(Object msg) {
        if (msg instanceof HttpRequest) {
            heads++;
        }
        if (msg instanceof LastHttpContent last && !last.trailingHeaders().isEmpty()) {
            MultiMap fields = MultiMap.caseInsensitiveMultiMap();
            last.trailingHeaders().forEach(field -> fields.add(field.getKey(), field.getValue()));
            viewer.cameWithTrailers(heads, fields);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !viewer.inputEnded()) {
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof HttpResponse response
                && response.protocolVersion().equals(HttpVersion.HTTP_1_0)
                && !response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                && response.headers().contains(HttpHeaderNames.CONNECTION)) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        ctx.write(msg, promise);
    }
}
