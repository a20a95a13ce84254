package io.jenkins.plugins.dedalus.proxy.io;

import io.netty.handler.codec.http.HttpMessage;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.Http1xServerConnection;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.regex.Pattern;

/**
 * Vert.x' request decoder, except that a message with both {@code Transfer-Encoding} and {@code Content-Length} is invalid.
 * Netty repairs such a message by dropping the length; whoever sent it may be smuggling, so it is answered 400 instead. So
 * is a header without a name, and any version but 1.0 and 1.1.
 */
public final class StrictRequestDecoder extends VertxHttpRequestDecoder {
    private static final String HANDLER = "httpDecoder";
    private static final Pattern VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9]");

    /** A version of HTTP that is not spoken here; the preface of HTTP/2 on a plain port is one. */
    public static final class UnsupportedVersionException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;
    }

    private StrictRequestDecoder(HttpServerOptions options) {
        super(options);
    }

    /** Puts a strict decoder into an HTTP/1 connection that has read nothing yet; leaves HTTP/2 alone. */
    public static void install(HttpConnection connection, HttpServerOptions options) {
        if (connection instanceof Http1xServerConnection http1) {
            http1.channel().pipeline().replace(HANDLER, HANDLER, new StrictRequestDecoder(options));
        }
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        String version = initialLine[2];
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            throw VERSION.matcher(version).matches()
                    ? new UnsupportedVersionException()
                    : new IllegalArgumentException("no HTTP version");
        }
        return super.createMessage(initialLine);
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (length == 0) {
            throw new IllegalArgumentException("a header without a name");
        }
        return super.splitHeaderName(line, start, length);
    }
}
