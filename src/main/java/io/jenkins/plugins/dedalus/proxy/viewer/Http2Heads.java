package io.jenkins.plugins.dedalus.proxy.viewer;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.List;

/**
 * Looks at the heads of HTTP/2 requests before Vert.x does: a method that is no token is a stream error, a Host stands for a
 * missing authority, and whether a body follows, and which fields follow that, is remembered, for Vert.x doesn't say.
 */
final class Http2Heads extends Http2FrameListenerDecorator {
    private final Http2Connection connection;
    private final Http2Connection.PropertyKey trailers;
    private int stream;
    private boolean whole;

    private Http2Heads(Http2FrameListener listener, Http2Connection connection) {
        super(listener);
        this.connection = connection;
        this.trailers = connection.newKey();
    }

    /** Watches a connection that has read no head yet; null if it isn't HTTP/2. */
    static Http2Heads install(HttpConnection connection) {
        Http2ConnectionHandler handler = connection instanceof HttpServerConnection server
                ? server.channelHandlerContext().pipeline().get(Http2ConnectionHandler.class)
                : null;
        if (handler == null) {
            return null;
        }
        Http2ConnectionDecoder decoder = handler.decoder();
        Http2Heads heads = new Http2Heads(decoder.frameListener(), handler.connection());
        decoder.frameListener(heads);
        return heads;
    }

    /** Whether the request that is being handed out now ended with its head. */
    boolean isWhole(HttpServerRequest request) {
        return whole && request.streamId() == stream;
    }

    /** The fields behind a request's body, which has ended; null for none. */
    MultiMap trailers(HttpServerRequest request) {
        Http2Stream of = connection.stream(request.streamId());
        Http2Headers fields = of == null ? null : of.getProperty(trailers);
        if (fields == null) {
            return null;
        }
        MultiMap map = MultiMap.caseInsensitiveMultiMap();
        fields.forEach(
                field -> map.add(field.getKey().toString(), field.getValue().toString()));
        return map;
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endStream)
            throws Http2Exception {
        check(streamId, headers, endStream);
        super.onHeadersRead(ctx, streamId, headers, padding, endStream);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endStream)
            throws Http2Exception {
        check(streamId, headers, endStream);
        super.onHeadersRead(ctx, streamId, headers, streamDependency, weight, exclusive, padding, endStream);
    }

    private void check(int streamId, Http2Headers headers, boolean endStream) throws Http2Exception {
        CharSequence method = headers.method();
        if (method == null) {
            // Trailers, which Vert.x drops, or what it refuses.
            Http2Stream of = connection.stream(streamId);
            if (of != null && endStream) {
                of.setProperty(trailers, headers);
            }
            return;
        }
        if (!RequestValidation.isToken(method)) {
            throw Http2Exception.streamError(streamId, Http2Error.PROTOCOL_ERROR, "The method is no token.");
        }
        List<CharSequence> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (headers.authority() == null && hosts.size() == 1) {
            headers.authority(hosts.get(0));
            headers.remove(HttpHeaderNames.HOST);
        }
        stream = streamId;
        whole = endStream;
    }
}
