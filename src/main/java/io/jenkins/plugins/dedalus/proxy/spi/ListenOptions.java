package io.jenkins.plugins.dedalus.proxy.spi;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where viewers are listened to.
 *
 * @param address the address to bind, e.g. {@code 0.0.0.0} or {@code 127.0.0.1}
 * @param port the port; 0 for any free one
 * @param certificate PEM file with the certificate chain; null: plain HTTP/1.1
 * @param privateKey PEM file with the key (PKCS#8); null exactly if {@code certificate} is
 */
public record ListenOptions(String address, int port, Path certificate, Path privateKey) {
    /** Checks the combination. */
    public ListenOptions {
        Objects.requireNonNull(address, "address");
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("Listen port " + port + " must be between 0 and 65535.");
        }
        if ((certificate == null) != (privateKey == null)) {
            throw new IllegalArgumentException("TLS needs both a certificate file and a private key file.");
        }
    }

    /** Plain HTTP/1.1. */
    public static ListenOptions http(String address, int port) {
        return new ListenOptions(address, port, null, null);
    }

    /** TLS with HTTP/2 and HTTP/1.1. */
    public static ListenOptions https(String address, int port, Path certificate, Path privateKey) {
        return new ListenOptions(address, port, certificate, privateKey);
    }

    /** Whether TLS is spoken. */
    public boolean tls() {
        return certificate != null;
    }
}
