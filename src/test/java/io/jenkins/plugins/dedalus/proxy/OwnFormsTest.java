package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Forms, actions and sockets of a preview's own pages pass the checks of the frameworks that people use, whichever header they
 * compare Origin with; those of other sites don't. Each check is the framework's rule in our words.
 */
class OwnFormsTest {
    private static final String OURS = "http://" + TestProxy.HOST;
    private static final String PAGE = "Referer: " + OURS + "/cart";

    private static String scheme(RawUpstream.Request request) {
        String said = request.header("X-Forwarded-Proto");
        return said == null ? "http" : said;
    }

    /** X-Forwarded-Host, and Host where there is none. */
    private static String forwardedHost(RawUpstream.Request request) {
        String said = request.header("X-Forwarded-Host");
        return said == null
                ? request.header("Host")
                : said.substring(said.lastIndexOf(',') + 1).strip();
    }

    private static String authority(String address) {
        return URI.create(address).getRawAuthority();
    }

    private static boolean none(String origin) {
        return origin == null;
    }

    /** Rails: no Origin, or the one of base_url, which is made of X-Forwarded-Proto and X-Forwarded-Host. */
    private static boolean rails(RawUpstream.Request request) {
        String origin = request.header("Origin");
        return none(origin) || origin.equals(scheme(request) + "://" + forwardedHost(request));
    }

    /** Action Cable: the Origin of X-Forwarded-Proto and Host. */
    private static boolean actionCable(RawUpstream.Request request) {
        return (scheme(request) + "://" + request.header("Host")).equals(request.header("Origin"));
    }

    /** Next.js, Remix, React Router: Origin's host is that of X-Forwarded-Host, else of Host; one without Origin is let in. */
    private static boolean next(RawUpstream.Request request) {
        String origin = request.header("Origin");
        return none(origin) || forwardedHost(request).equals(authority(origin));
    }

    /** Django from 4 on: Origin of get_host(), which is Host unless told otherwise; else the same of Referer on https. */
    private static boolean django(RawUpstream.Request request) {
        String origin = request.header("Origin");
        String good = scheme(request) + "://" + request.header("Host");
        return none(origin) ? authority(request.header("Referer")).equals(authority(good)) : origin.equals(good);
    }

    /** Django with USE_X_FORWARDED_HOST. */
    private static boolean djangoForwarded(RawUpstream.Request request) {
        String origin = request.header("Origin");
        String good = scheme(request) + "://" + forwardedHost(request);
        return none(origin) ? authority(request.header("Referer")).equals(authority(good)) : origin.equals(good);
    }

    /** gorilla/csrf from 1.7.3 on, and gorilla/websocket: Origin's host, else Referer's, is Host. */
    private static boolean gorilla(RawUpstream.Request request) {
        String origin = request.header("Origin");
        String from = none(origin) ? request.header("Referer") : origin;
        return from != null && request.header("Host").equals(authority(from));
    }

    /** SvelteKit with adapter-node as it comes: the origin of Host. */
    private static boolean svelteKit(RawUpstream.Request request) {
        String origin = request.header("Origin");
        return origin != null && authority(origin).equals(request.header("Host"));
    }

    /** SvelteKit with HOST_HEADER=x-forwarded-host and PROTOCOL_HEADER=x-forwarded-proto. */
    private static boolean svelteKitForwarded(RawUpstream.Request request) {
        return (scheme(request) + "://" + forwardedHost(request)).equals(request.header("Origin"));
    }

    /** Spring's CORS filter behind ForwardedHeaderFilter: Forwarded wins over X-Forwarded-*; another Origin is another site. */
    private static boolean spring(RawUpstream.Request request) {
        String origin = request.header("Origin");
        String forwarded = request.header("Forwarded");
        String host = forwardedHost(request);
        String scheme = scheme(request);
        for (String part : forwarded == null ? new String[0] : forwarded.split("[;,]")) {
            String value =
                    part.substring(part.indexOf('=') + 1).replace("\"", "").strip();
            host = part.strip().startsWith("host=") ? value : host;
            scheme = part.strip().startsWith("proto=") ? value : scheme;
        }
        return none(origin) || origin.equals(scheme + "://" + host);
    }

    private static Arguments app(String name, Predicate<RawUpstream.Request> check) {
        return Arguments.of(name, check);
    }

    static Stream<Arguments> apps() {
        return Stream.of(
                app("Rails", OwnFormsTest::rails),
                app("Action Cable", OwnFormsTest::actionCable),
                app("Next.js", OwnFormsTest::next),
                app("Django", OwnFormsTest::django),
                app("Django, USE_X_FORWARDED_HOST", OwnFormsTest::djangoForwarded),
                app("gorilla", OwnFormsTest::gorilla),
                app("SvelteKit", OwnFormsTest::svelteKit),
                app("SvelteKit, HOST_HEADER", OwnFormsTest::svelteKitForwarded),
                app("Spring", OwnFormsTest::spring));
    }

    private static RawUpstream checking(Predicate<RawUpstream.Request> check) throws Exception {
        return new RawUpstream((request, out) -> {
            request.body();
            // What is opened, or asked by us to see whether the app is there, is not checked.
            boolean unchecked = request.method().equals("GET") && request.header("Upgrade") == null;
            RawUpstream.respond(out, unchecked || check.test(request) ? 200 : 403, "x");
        });
    }

    private static RawClient.Response send(TestProxy proxy, String method, String... headers) throws Exception {
        return RawClient.once(
                proxy.port,
                method + " / HTTP/1.1\r\nHost: " + TestProxy.HOST + "\r\nContent-Length: 1\r\n"
                        + String.join("\r\n", headers) + "\r\n\r\nx");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("apps")
    void theFormsOfOwnPagesPassTheirApp(String name, Predicate<RawUpstream.Request> check) throws Exception {
        try (RawUpstream app = checking(check);
                TestProxy proxy = TestProxy.awake(app)) {
            for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
                assertThat(send(proxy, method, "Origin: " + OURS, PAGE).status())
                        .as(method)
                        .isEqualTo(200);
            }
            assertThat(send(proxy, "POST", "Origin: http://" + TestProxy.HOST.toUpperCase(java.util.Locale.ROOT), PAGE)
                            .status())
                    .as("upper case")
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("apps")
    void formsOfOtherSitesDoNot(String name, Predicate<RawUpstream.Request> check) throws Exception {
        try (RawUpstream app = checking(check);
                TestProxy proxy = TestProxy.awake(app)) {
            for (String origin : List.of(
                    "http://pr-2.previews.example.net",
                    OURS + ".evil.example",
                    OURS + ":1",
                    "http://evil.example/" + TestProxy.HOST,
                    "http://127.0.0.1:1")) {
                assertThat(send(proxy, "POST", "Origin: " + origin, "Referer: " + origin + "/")
                                .status())
                        .as(origin)
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void aFormWithoutAnOriginIsToldOfByItsRefererAlone() throws Exception {
        for (Predicate<RawUpstream.Request> check : List.<Predicate<RawUpstream.Request>>of(
                OwnFormsTest::django, OwnFormsTest::djangoForwarded, OwnFormsTest::gorilla)) {
            try (RawUpstream app = checking(check);
                    TestProxy proxy = TestProxy.awake(app)) {
                assertThat(send(proxy, "POST", PAGE).status()).isEqualTo(200);
                assertThat(send(proxy, "POST", "Referer: http://evil.example/?" + OURS)
                                .status())
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void webSocketsOfOwnPagesPassTheirApp() throws Exception {
        for (Predicate<RawUpstream.Request> check :
                List.<Predicate<RawUpstream.Request>>of(OwnFormsTest::actionCable, OwnFormsTest::gorilla)) {
            try (RawUpstream app = checking(check);
                    TestProxy proxy = TestProxy.awake(app)) {
                String handshake = WebSockets.handshake(TestProxy.HOST, "/cable", "Origin: " + OURS);

                assertThat(RawClient.once(proxy.port, handshake).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aPageThatIsOpenedLearnsTheHostOfTheViewer() throws Exception {
        try (RawUpstream app = RawUpstream.saying("page");
                TestProxy proxy = TestProxy.awake(app)) {
            proxy.get("/", PAGE);

            assertThat(app.last().all("X-Forwarded-Host")).containsExactly(TestProxy.HOST);
            assertThat(app.last().header("Forwarded")).contains("host=\"" + TestProxy.HOST + "\"");
        }
    }

    /** What an app answers to a form names the upstream, for that is where the form went. */
    @Test
    void theAnswersAddressesAreTheViewersAgain() throws Exception {
        try (RawUpstream app = new RawUpstream((request, out) -> {
                    request.body();
                    String self = "http://" + request.header("Host");
                    RawUpstream.write(
                            out,
                            "HTTP/1.1 303 See Other\r\nContent-Length: 0\r\nLocation: " + self
                                    + "/thanks\r\nRefresh: 0; url="
                                    + self + "/r\r\nHX-Redirect: " + self + "/hx\r\nX-Action-Redirect: " + self
                                    + "/act;push\r\nTurbolinks-Location: " + self + "/t\r\n\r\n");
                });
                TestProxy proxy = TestProxy.awake(app)) {
            RawClient.Response answer = send(proxy, "POST", "Origin: " + OURS);

            assertThat(answer.header("Location")).isEqualTo(OURS + "/thanks");
            assertThat(answer.header("Refresh")).isEqualTo("0; url=" + OURS + "/r");
            assertThat(answer.header("HX-Redirect")).isEqualTo(OURS + "/hx");
            assertThat(answer.header("X-Action-Redirect")).isEqualTo(OURS + "/act;push");
            assertThat(answer.header("Turbolinks-Location")).isEqualTo(OURS + "/t");
            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEmpty();
        }
    }
}
