package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.spi.ListenOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS and HTTP/2 towards the viewer, certificates that change, and https upstreams with names that are checked. */
class TlsTest {
    @TempDir
    static Path directory;

    private static Certificates.Pem pem;
    private static Vertx vertx;
    private static RawUpstream upstream;
    private static TestProxy proxy;
    private static Certificates.Pem served;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        pem = Certificates.selfSigned(directory, "first", TestProxy.HOST);
        served = new Certificates.Pem(directory.resolve("served.crt"), directory.resolve("served.key"));
        serve(pem);
        vertx = Vertx.vertx();
        upstream = new RawUpstream((request, out) -> {
            byte[] body = request.body();
            switch (request.target()) {
                case "/dies" -> {
                    RawUpstream.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
                    request.socket().close();
                }
                default -> RawUpstream.respond(out, 200, "took " + body.length, "Set-Cookie: a=1", "X-Upper: Case");
            }
        });
        proxy = TestProxy.awake(upstream);
        port = TestProxy.await(
                proxy.proxy.start(ListenOptions.https("127.0.0.1", 0, served.certificate(), served.key())));
    }

    private static void serve(Certificates.Pem from) throws Exception {
        Files.copy(from.certificate(), served.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(from.key(), served.key(), StandardCopyOption.REPLACE_EXISTING);
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        upstream.close();
        TestProxy.await(vertx.close());
    }

    private static HttpClientAgent http2() {
        return vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setUseAlpn(true)
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false));
    }

    private static RequestOptions to(HttpMethod method, String uri) {
        return new RequestOptions()
                .setServer(io.vertx.core.net.SocketAddress.inetSocketAddress(port, "127.0.0.1"))
                .setHost(TestProxy.HOST)
                .setPort(443)
                .setMethod(method)
                .setURI(uri);
    }

    @Test
    void speaksHttp2ToTheViewerAndHttp11ToTheUpstream() {
        HttpClientAgent client = http2();
        Buffer body = TestProxy.await(client.request(to(HttpMethod.GET, "/a%2Fb?c"))
                .compose(request -> {
                    request.headers().add("cookie", "a=1").add("cookie", "b=2");
                    return request.send();
                })
                .compose(response -> {
                    assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
                    assertThat(response.statusCode()).isEqualTo(200);
                    assertThat(response.getHeader("x-upper")).isEqualTo("Case");
                    assertThat(response.getHeader("x-robots-tag")).isEqualTo("noindex");
                    return response.body();
                }));

        assertThat(body.toString()).isEqualTo("took 0");
        assertThat(upstream.last().line()).isEqualTo("GET /a%2Fb?c HTTP/1.1");
        assertThat(upstream.last().all("Cookie")).containsExactly("a=1; b=2");
        assertThat(upstream.last().header("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(upstream.last().header("X-Forwarded-Host")).isEqualTo(TestProxy.HOST);
        TestProxy.await(client.close());
    }

    @Test
    void streamsAnHttp2BodyOfUnknownLength() {
        HttpClientAgent client = http2();
        Buffer body = TestProxy.await(client.request(to(HttpMethod.POST, "/"))
                .compose(request -> {
                    request.setChunked(true);
                    request.write(Buffer.buffer(new byte[100_000]));
                    request.end(Buffer.buffer(new byte[1]));
                    return request.response();
                })
                .compose(HttpClientResponse::body));

        assertThat(body.toString()).isEqualTo("took 100001");
        TestProxy.await(client.close());
    }

    @Test
    void case10_anHttp2ResponseThatIsCutOffIsReset() {
        HttpClientAgent client = http2();
        Promise<Throwable> cut = Promise.promise();
        client.request(to(HttpMethod.GET, "/dies"))
                .compose(request -> request.exceptionHandler(cut::tryComplete).send())
                .onSuccess(response -> response.exceptionHandler(cut::tryComplete)
                        .endHandler(v -> cut.tryFail("ended cleanly"))
                        .resume())
                .onFailure(cut::tryComplete);

        assertThat(TestProxy.await(cut.future())).isInstanceOf(StreamResetException.class);
        TestProxy.await(client.close());
    }

    @Test
    void http11AndWebSocketsWorkOverTlsToo() throws Exception {
        try (RawUpstream echo = WebSockets.echo();
                RawClient client = new RawClient(Certificates.connect(port))) {
            proxy.directory.put(TestProxy.route("pr-3.previews.example.net", "dm-3", echo.uri())
                    .build());
            proxy.waker.awake("dm-3");
            client.send(WebSockets.handshake("pr-3.previews.example.net", "/"));

            assertThat(client.head()).startsWith("HTTP/1.1 101");
            client.send(WebSockets.frame(WebSockets.TEXT, new byte[] {65}, true));
            assertThat(WebSockets.read(client.in()).text()).isEqualTo("A");
        }
    }

    @Test
    void aChangedCertificateIsServedAfterAReload() throws Exception {
        assertThat(subject()).isEqualTo("CN=first");
        serve(Certificates.selfSigned(directory, "second", TestProxy.HOST));

        TestProxy.await(proxy.proxy.reloadCertificates());

        assertThat(subject()).isEqualTo("CN=second");
        serve(pem);
        TestProxy.await(proxy.proxy.reloadCertificates());
        assertThat(subject()).isEqualTo("CN=first");
    }

    private static String subject() throws Exception {
        try (SSLSocket socket = Certificates.connect(port)) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    @Test
    void case19_anHttpsUpstreamMustProveItsName() throws Exception {
        Certificates.Pem good = Certificates.selfSigned(directory, "good", "good.localhost");
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(good.certificate().toString())
                                .setKeyPath(good.key().toString())))
                .requestHandler(request -> request.response().end(request.getHeader("Host")));
        int upstreamPort = TestProxy.await(server.listen(0, "127.0.0.1")).actualPort();
        try (TestProxy strict = new TestProxy(
                new FakeWaker().awake(TestProxy.MACHINE).wakesAtOnce(),
                settings -> settings.connectTimeout(Duration.ofSeconds(3)),
                builder -> builder.trust(
                        new PemTrustOptions().addCertPath(good.certificate().toString())))) {
            strict.waker.wakesAtOnce();
            strict.route(URI.create("https://good.localhost:" + upstreamPort));
            assertThat(strict.get("/").text()).isEqualTo("good.localhost:" + upstreamPort);

            strict.route(URI.create("https://other.localhost:" + upstreamPort));
            assertThat(strict.get("/").status()).isEqualTo(502);
        }
    }
}
