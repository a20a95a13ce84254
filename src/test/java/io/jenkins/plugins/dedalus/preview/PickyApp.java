package io.jenkins.plugins.dedalus.preview;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An app that answers hosts it does not know as a framework's dev server does, or that speaks TLS. */
final class PickyApp {
    private static final String PASSWORD = "changeit";

    private PickyApp() {}

    /**
     * Arguments: a keystore to speak TLS with, or the status and the page for hosts other than the third one, which is a number
     * of milliseconds if every answer is to take so long. Listens on PORT.
     */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT")));
        HttpServer server = args.length == 1 ? tls(args[0], address) : HttpServer.create(address, 0);
        long slow = args.length > 2 && args[2].matches("\\d+") ? Long.parseLong(args[2]) : 0;
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            pause(slow);
            String host = exchange.getRequestHeaders().getFirst("Host").replaceAll(":.*", "");
            boolean known = args.length == 1 || args.length > 2 && host.equals(args[2]);
            byte[] body = (known ? "welcome" : args[1].replace("HOST", host)).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : Integer.parseInt(args[0]), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static HttpServer tls(String file, InetSocketAddress address) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return server;
    }
}
