package io.jenkins.plugins.dedalus.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Self-signed certificates as PEM files, made with the JDK's own keytool, and a viewer that takes any. */
final class Certificates {
    /** A certificate and its key. */
    record Pem(Path certificate, Path key) {}

    private Certificates() {}

    static Pem selfSigned(Path directory, String name, String dnsName) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=dns:" + dnsName,
                        "-validity",
                        "30",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
        return export(directory, name, store);
    }

    private static Pem export(Path directory, String name, Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        Certificate certificate = keys.getCertificate("a");
        Key key = keys.getKey("a", "changeit".toCharArray());
        Pem pem = new Pem(directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
        Files.writeString(pem.certificate(), armour("CERTIFICATE", certificate.getEncoded()));
        Files.writeString(pem.key(), armour("PRIVATE KEY", key.getEncoded()));
        return pem;
    }

    private static String armour(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    /** A TLS connection to this port of ours that agrees on the first of these protocols. */
    static SSLSocket connect(int port, String... protocols) throws Exception {
        return secure(new Socket(InetAddress.getLoopbackAddress(), port), protocols);
    }

    /** Makes a connection to a port of ours a TLS connection that agrees on the first of these protocols. */
    static SSLSocket secure(Socket plain, String... protocols) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // A test's certificates are its own.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // A test's certificates are its own.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
