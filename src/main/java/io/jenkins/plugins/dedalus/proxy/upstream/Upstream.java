package io.jenkins.plugins.dedalus.proxy.upstream;

/**
 * An upstream address that {@link UpstreamPolicy} has checked as far as its text goes.
 *
 * @param host the host name or address literal (IPv6 without brackets), lower case
 * @param port the port
 * @param tls whether https is spoken
 * @param authority what goes into {@code Host}: host and, unless the scheme's default, port
 * @param loopback whether only loopback addresses may stand behind the name
 */
public record Upstream(String host, int port, boolean tls, String authority, boolean loopback) {
    /** The origin a browser would name. */
    public String origin() {
        return (tls ? "https://" : "http://") + authority;
    }
}
