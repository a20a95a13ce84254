package io.jenkins.plugins.dedalus.proxy.io;

import io.vertx.core.VertxException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Tells what belongs to a network's everyday life from what an operator should see. */
public final class ExpectedFailures {
    private static final Logger LOG = Logger.getLogger(ExpectedFailures.class.getName());

    private ExpectedFailures() {}

    /** Broken connections, bad handshakes and bad messages are counted elsewhere; anything else is logged. */
    public static void ignoreOrLog(Throwable problem) {
        boolean everyday = problem instanceof IOException
                || problem instanceof VertxException
                || problem instanceof StreamResetException
                || problem instanceof io.netty.handler.codec.DecoderException
                || problem instanceof io.netty.handler.codec.http2.Http2Exception
                || problem instanceof IllegalArgumentException
                || problem instanceof BadAnswerException
                || problem instanceof io.netty.handler.codec.PrematureChannelClosureException;
        LOG.log(everyday ? Level.FINE : Level.WARNING, "A connection failed.", problem);
    }
}
