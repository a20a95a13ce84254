package io.jenkins.plugins.dedalus.proxy.upstream;

/** Too many requests wait for a connection to one upstream. */
public final class UpstreamBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UpstreamBusyException(String origin) {
        super("Too many requests wait for a connection to " + origin + ".", null, false, false);
    }
}
