package io.jenkins.plugins.dedalus.proxy.upstream;

import io.jenkins.plugins.dedalus.proxy.io.BadAnswerException;
import io.jenkins.plugins.dedalus.proxy.io.VertxOptions;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpClientConnectionInternal;
import java.util.List;

/**
 * Stands between an upstream's bytes and Vert.x. Interim answers (1xx) that nobody can use end here, and so does a connection
 * that sends a storm of them, answers nothing was asked for, or an answer that can't be passed on. On the way out it adds the
 * trailers of a request's body, which Vert.x doesn't know.
 */
final class AnswerGuard extends ChannelDuplexHandler {
    private static final String CODEC = "codec";
    private static final String NAME = "answers";
    private static final int MOST_INTERIM = 64;

    private final int maxHeaderBytes;
    private int open;
    private int interim;
    private boolean skipping;
    private boolean inBuffer;
    private boolean askedInBuffer;
    private boolean over;
    private HttpHeaders trailers;

    private AnswerGuard(int maxHeaderBytes) {
        this.maxHeaderBytes = maxHeaderBytes;
    }

    /** Watches a connection over which nothing was sent yet; later calls do nothing. */
    static void install(HttpConnection connection, int maxHeaderBytes) {
        if (!(connection instanceof HttpClientConnectionInternal internal)) {
            return;
        }
        ChannelPipeline pipeline = internal.channelHandlerContext().pipeline();
        if (pipeline.get(CODEC) == null || pipeline.get(NAME) != null) {
            return;
        }
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxHeaderSize(maxHeaderBytes)
                .setMaxChunkSize(VertxOptions.CHUNK_BYTES)
                // Chunks win over a length beside them, which is dropped, as RFC 9112, 6.3 has it.
                .setUseRfc9112TransferEncoding(false);
        AnswerGuard guard = new AnswerGuard(maxHeaderBytes);
        pipeline.replace(CODEC, CODEC, new HttpClientCodec(config, false, false));
        pipeline.addBefore(CODEC, NAME + "-bytes", guard.new Buffers());
        pipeline.addAfter(CODEC, NAME, guard);
    }

    /** The fields that follow the body which is being sent over this connection, and is about to end. */
    static void addTrailers(HttpConnection connection, MultiMap fields) {
        if (connection instanceof HttpClientConnectionInternal internal) {
            ChannelHandlerContext ctx =
                    internal.channelHandlerContext().pipeline().context(NAME);
            if (ctx != null && ctx.handler() instanceof AnswerGuard guard) {
                HttpHeaders headers =
                        DefaultHttpHeadersFactory.trailersFactory().newHeaders();
                fields.forEach(field -> headers.add(field.getKey(), field.getValue()));
                guard.trailers = headers;
            }
        }
    }

    /** Knows which answers were already there when a request went out: they can't be that request's. */
    private final class Buffers extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            inBuffer = true;
            askedInBuffer = false;
            try {
                ctx.fireChannelRead(msg);
            } finally {
                inBuffer = false;
            }
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof HttpRequest) {
            open++;
            interim = 0;
            askedInBuffer = inBuffer;
        }
        if (msg instanceof LastHttpContent last && trailers != null) {
            HttpHeaders headers = trailers;
            trailers = null;
            ctx.write(new DefaultLastHttpContent(last.content(), headers), promise);
        } else {
            ctx.write(msg, promise);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof HttpObject object)) {
            ctx.fireChannelRead(msg);
            return;
        }
        boolean unasked = !over && object instanceof HttpResponse && (open == 0 || askedInBuffer);
        String problem = over || unasked ? null : problem(object);
        if (over || unasked || problem != null) {
            ReferenceCountUtil.release(msg);
            refuse(ctx, problem);
            return;
        }
        boolean skipped = skipping;
        if (object instanceof HttpResponse response) {
            skipping = isInterim(response) && !isOfUse(response.status().code());
            skipped = skipping;
        }
        boolean last = object instanceof LastHttpContent;
        if (last && !skipped && interim == 0) {
            open--;
        }
        if (last) {
            skipping = false;
        }
        if (skipped) {
            ReferenceCountUtil.release(msg);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    /** Ends the connection; whoever waits on it for an answer learns why, or asks again elsewhere if this was none of theirs. */
    private void refuse(ChannelHandlerContext ctx, String problem) {
        if (!over) {
            over = true;
            if (problem != null) {
                ctx.fireExceptionCaught(new BadAnswerException(problem));
            }
            ctx.close();
        }
    }

    /** Why this can't be passed on; null if it can. */
    private String problem(HttpObject object) {
        if (object.decoderResult().isFailure()) {
            return undecodable(object.decoderResult().cause());
        }
        if (!(object instanceof HttpResponse response)) {
            return null;
        }
        if (isInterim(response)) {
            return ++interim > MOST_INTERIM ? "The preview sent interim answers and no end of them." : null;
        }
        interim = 0;
        int status = response.status().code();
        if (status < 100 || status > 599) {
            return "The preview answered with the status " + status + ", which is none of HTTP's.";
        }
        List<String> encodings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        for (String encoding : encodings) {
            if (encodings.size() > 1
                    || !encoding.strip().equalsIgnoreCase("chunked")
                            && !encoding.strip().equalsIgnoreCase("identity")) {
                return "The preview answered with a Transfer-Encoding other than chunked, which can't be passed on.";
            }
        }
        return null;
    }

    private String undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpHeaderException) {
            return "The preview answered with headers above " + maxHeaderBytes / 1024 + " KiB.";
        }
        return cause instanceof TooLongHttpLineException
                ? "The preview answered with a status line that is too long."
                : "The preview answered with something that is no HTTP/1.1.";
    }

    /** Whether an interim answer is more than a sign of life: 100 Continue, 103 Early Hints. */
    private static boolean isOfUse(int status) {
        return status == 100 || status == 103;
    }

    /** 101 is an end, not something between. */
    private static boolean isInterim(HttpResponse response) {
        return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                && response.status().code() != 101;
    }
}
