package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.proxy.access.ShareLinks;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import io.jenkins.plugins.dedalus.proxy.access.TestAuthority;
import io.jenkins.plugins.dedalus.proxy.access.ViewerAccess;
import io.jenkins.plugins.dedalus.proxy.access.revocation.MemoryRevocations;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody without credentials gets out of protected previews: neither the app's words, nor whether there is one. */
class StrangersTest {
    private static final String HOST = TestProxy.HOST;
    private static final String HASH = BCrypt.withDefaults().hashToString(4, "open sesame".toCharArray());
    private static final String EVIL = "https://evil.example";

    private final EngineThreads threads = new EngineThreads("gatekeeper", 2);
    private final Signer signer = new Signer(Signer.freshKey());
    private final ShareLinks links = new ShareLinks(signer, new MemoryRevocations(), Clock.systemUTC());
    private final TestProxy.MapDirectory directory = new TestProxy.MapDirectory();
    private final FakeWaker waker = new FakeWaker().awake(TestProxy.MACHINE);
    private ViewerAccess access;
    private RawUpstream upstream;
    private TestProxy proxy;

    @TempDir
    Path temporary;

    @BeforeEach
    void start() throws Exception {
        upstream = new RawUpstream((request, out) -> {
            String origin = request.header("Origin");
            RawUpstream.respond(
                    out,
                    status(request.target()),
                    "the app's secrets",
                    "Access-Control-Allow-Origin: " + origin,
                    "Access-Control-Allow-Methods: PUT",
                    "Access-Control-Allow-Headers: X-Token",
                    "Access-Control-Expose-Headers: X-Secret",
                    "Access-Control-Secret: x",
                    "Vary: Origin",
                    "Set-Cookie: a=b",
                    "Server: secret",
                    "X-Secret: secret",
                    "Location: /secret");
        });
        protect(AccessMode.BASIC);
    }

    private static int status(String target) {
        return target.startsWith("/closed") ? 405 : target.startsWith("/busy") ? 503 : 200;
    }

    private void protect(AccessMode mode) throws Exception {
        if (proxy != null) {
            proxy.close();
            access.close();
        }
        access = ViewerAccess.builder()
                .directory(directory)
                .signer(signer)
                .scheduler(threads)
                .links(links)
                .basic("review", HASH)
                .authority(new TestAuthority(Clock.systemUTC()))
                .unknownHosts(mode)
                .build();
        proxy = new TestProxy(waker, settings -> settings, builder -> builder.directory(directory)
                .gatekeeper(access));
        put(HOST, TestProxy.MACHINE, RouteState.SERVING, mode);
        put("pr-2.previews.example.net", "dm-asleep", RouteState.SERVING, mode);
        put("pr-3.previews.example.net", "dm-closed", RouteState.CLOSED, mode);
        put("pr-4.previews.example.net", "dm-new", RouteState.PROVISIONING, mode);
        put("pr-5.previews.example.net", "dm-broken", RouteState.FAILED, mode);
    }

    private void put(String host, String machine, RouteState state, AccessMode mode) {
        directory.put(TestProxy.route(host, machine, upstream.uri())
                .access(mode)
                .state(state)
                .build());
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        access.close();
        upstream.close();
        threads.close();
    }

    private RawClient.Response preflight(String host, String target, String... headers) throws Exception {
        return RawClient.once(
                proxy.port,
                "OPTIONS " + target + " HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + EVIL
                        + "\r\nAccess-Control-Request-Method: PUT\r\n"
                        + String.join(
                                "", Arrays.stream(headers).map(h -> h + "\r\n").toList()) + "\r\n");
    }

    private static List<String> names(String head) {
        return head.lines()
                .skip(1)
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
    }

    @Test
    void aPreflightBringsTheAppsCorsHeadersAndNothingElse() throws Exception {
        RawClient.Response response = preflight(HOST, "/api", "Access-Control-Request-Headers: x-token, content-type");

        assertThat(response.status()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertThat(names(response.head()))
                .containsExactly(
                        "access-control-allow-headers",
                        "access-control-allow-methods",
                        "access-control-allow-origin",
                        "vary",
                        "x-robots-tag");
        assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo(EVIL);
        assertThat(upstream.last().header("Access-Control-Request-Headers")).isEqualTo("x-token, content-type");
    }

    @Test
    void ofAPreflightTheAppGetsThePathAndTheCorsHeadersAlone() throws Exception {
        String password = Base64.getEncoder().encodeToString("review:x".getBytes(StandardCharsets.UTF_8));
        preflight(
                HOST,
                "/api/?_method=DELETE",
                "X-HTTP-Method-Override: DELETE",
                "X-Method-Override: DELETE",
                "Authorization: Basic " + password,
                "Cookie: session=x",
                "Content-Type: application/json",
                "User-Agent: stranger",
                "Accept: */*",
                "Sec-Fetch-Mode: cors",
                "Connection: keep-alive, Origin",
                "X-Anything: secret",
                "X-Forwarded-For: 1.2.3.4");

        RawUpstream.Request seen = upstream.last();
        assertThat(seen.line()).isEqualTo("OPTIONS /api/ HTTP/1.1");
        assertThat(names(seen.head()))
                .containsExactly(
                        "access-control-request-method",
                        "forwarded",
                        "host",
                        "origin",
                        "x-forwarded-for",
                        "x-forwarded-host",
                        "x-forwarded-proto",
                        "x-real-ip");
        assertThat(seen.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
    }

    @Test
    void aPreflightOverHttp2IsNoOther() throws Exception {
        int port = proxy.tls(temporary);
        try (RawHttp2 client = new RawHttp2(port)) {
            RawHttp2.Stream answer = client.await(client.open(
                    true,
                    ":method",
                    "OPTIONS",
                    ":scheme",
                    "https",
                    ":authority",
                    HOST,
                    ":path",
                    "/api?x=y",
                    "origin",
                    EVIL,
                    "access-control-request-method",
                    "PUT",
                    "x-http-method-override",
                    "DELETE"));

            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.received()).isZero();
            assertThat(answer.headers.contains("x-secret")).isFalse();
        }
        assertThat(upstream.last().line()).isEqualTo("OPTIONS /api HTTP/1.1");
        assertThat(upstream.last().head()).doesNotContainIgnoringCase("override");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example",
                "OPTIONS / HTTP/1.1\r\nAccess-Control-Request-Method: PUT",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\nContent-Length: 1",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\nTransfer-Encoding: chunked",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example\r\nOrigin: https://b.example\r\nAccess-Control-Request-Method: PUT",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Method: GET",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: P UT",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method:",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example/path\r\nAccess-Control-Request-Method: PUT",
                "OPTIONS / HTTP/1.1\r\nOrigin: ' OR 1=1\r\nAccess-Control-Request-Method: PUT",
                "OPTIONS / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: ${x}",
                "options / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT",
                "GET / HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT",
                "OPTIONS /.dedalus/status HTTP/1.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT",
            })
    void whatOnlyLooksLikeAPreflightIsAStrangersRequest(String request) throws Exception {
        int asked = upstream.requests().size();

        RawClient.Response response = RawClient.once(proxy.port, request + "\r\nHost: " + HOST + "\r\n\r\n0\r\n\r\n");

        assertThat(response.status()).isEqualTo(401);
        assertThat(upstream.requests()).hasSize(asked);
    }

    /** Everything of an answer that can be compared. */
    private static String shown(RawClient.Response response, String host) {
        List<String> lines = new ArrayList<>();
        response.head()
                .lines()
                .forEach(line -> lines.add(
                        line.startsWith("Set-Cookie: __Host-dedalus-state-")
                                ? "Set-Cookie: state"
                                : line.startsWith("Location: ")
                                        ? line.replaceAll("state=[A-Za-z0-9_-]+", "state=")
                                        : line));
        return (String.join("\n", lines) + response.text()).replace(host, "HOST");
    }

    private static final List<String[]> REQUESTS = List.of(
            new String[] {},
            new String[] {"Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Accept: text/html"},
            new String[] {"Accept: text/html", "User-Agent: Mozilla/5.0"},
            new String[] {"Origin: https://evil.example"},
            new String[] {"Cookie: __Host-dedalus-session=forged-session-token; __Host-dedalus-share=x.y"},
            new String[] {"Cookie: __Host-dedalus-basic=9999999999.x"},
            new String[] {"Authorization: Basic eDp5"},
            new String[] {"X-Dedalus-Bypass: guess"},
            new String[] {"Upgrade: websocket", "Connection: Upgrade"},
            new String[] {"User-Agent: Googlebot"});

    @ParameterizedTest
    @EnumSource(
            value = AccessMode.class,
            names = {"BASIC", "JENKINS"})
    void aStrangerCantTellWhatIsThere(AccessMode mode) throws Exception {
        protect(mode);
        for (String[] headers : REQUESTS) {
            for (String target : List.of(
                    "/",
                    "/a?b",
                    "/favicon.ico",
                    "/.dedalus/status",
                    "/.dedalus/x",
                    "/.dedalus/callback?code=x&state=y",
                    "/.dedalus/share/x",
                    "/.dedalus/sign-out")) {
                String nothing = shown(
                        RawClient.get(proxy.port, "pr-9.previews.example.net", target, headers),
                        "pr-9.previews.example.net");
                for (int i = 1; i <= 4; i++) {
                    String host = "pr-" + i + ".previews.example.net";
                    assertThat(shown(RawClient.get(proxy.port, host, target, headers), host))
                            .as("%s of %s with %s", target, host, String.join(", ", headers))
                            .isEqualTo(nothing);
                }
                assertThat(nothing).doesNotStartWith("HTTP/1.1 404");
            }
        }
        assertThat(upstream.requests()).isEmpty();
        assertThat(waker.started()).isZero();
    }

    @Test
    void aPreflightTellsOnlyWhatARunningAppSaysItself() throws Exception {
        String nothing = shown(preflight("pr-9.previews.example.net", "/"), "pr-9.previews.example.net");
        for (int i = 2; i <= 4; i++) {
            String host = "pr-" + i + ".previews.example.net";
            assertThat(shown(preflight(host, "/"), host)).isEqualTo(nothing);
        }
        assertThat(shown(preflight(HOST, "/closed"), HOST)).isEqualTo(nothing).startsWith("HTTP/1.1 403");
        assertThat(waker.started()).isZero();
    }

    @Test
    void aPreflightIsNoUseThatKeepsAMachineAwakeAndNoReasonToDoubtIt() throws Exception {
        for (String target : List.of("/", "/closed", "/busy")) {
            preflight(HOST, target);
        }
        upstream.close();
        assertThat(preflight(HOST, "/").status()).as("of an app that is gone").isEqualTo(403);

        assertThat(waker.seen()).as("uses").isZero();
        assertThat(waker.viewed()).as("looks").isZero();
        assertThat(waker.dropped()).as("doubts").isZero();
        assertThat(waker.started()).isZero();
    }

    @Test
    void whoMayKnowIsTold() throws Exception {
        String password = "Authorization: Basic "
                + Base64.getEncoder().encodeToString("review:open sesame".getBytes(StandardCharsets.UTF_8));

        assertThat(RawClient.get(proxy.port, "pr-9.previews.example.net", "/", password)
                        .status())
                .isEqualTo(404);
        RawClient.Response closed = RawClient.get(proxy.port, "pr-3.previews.example.net", "/", password);
        assertThat(closed.status()).isEqualTo(410);
        assertThat(closed.header("Clear-Site-Data")).isNotNull();
        assertThat(RawClient.get(proxy.port, "pr-4.previews.example.net", "/", password)
                        .status())
                .isEqualTo(503);
        assertThat(RawClient.get(proxy.port, HOST, "/", password).text()).isEqualTo("the app's secrets");
        assertThat(waker.seen()).as("uses").isEqualTo(1);
        assertThat(waker.viewed()).as("looks").isEqualTo(1);
        RawClient.get(proxy.port, HOST, "/", password, "User-Agent: Slackbot-LinkExpanding 1.0");
        assertThat(waker.seen()).as("of a bot").isEqualTo(2);
        assertThat(waker.viewed()).as("a bot doesn't look").isEqualTo(1);
    }

    @Test
    void wherePreviewsArePublicAnUnknownHostIsJustThat() throws Exception {
        protect(AccessMode.PUBLIC);

        assertThat(RawClient.get(proxy.port, "pr-9.previews.example.net", "/").status())
                .isEqualTo(404);
        assertThat(RawClient.get(proxy.port, "pr-3.previews.example.net", "/").status())
                .isEqualTo(410);
        assertThat(preflight(HOST, "/?a=b", "X-Own: 1").text()).isEqualTo("the app's secrets");
        assertThat(upstream.last().header("X-Own")).isEqualTo("1");
    }

    private static final List<String> SPELLINGS =
            List.of("%s.", "%s:443", "%s:8080", "%s.:80", "%s:", "%s..", "%s:99999", "x.%s", "[::1]");

    @ParameterizedTest
    @EnumSource(
            value = AccessMode.class,
            names = {"BASIC", "JENKINS"})
    void howTheHostIsSpeltTellsNothing(AccessMode mode) throws Exception {
        protect(mode);
        for (String spelling : SPELLINGS) {
            for (String target : List.of("/", "/.dedalus/status", "http://%s/", "HTTPS://%s/a?b", "http://other/")) {
                for (String more :
                        List.of("", "Accept: text/html\r\n", "X-Dedalus-Bypass: guess\r\n", "X-PR-Number: 1\r\n")) {
                    String nothing = asSpelt("pr-9.previews.example.net", spelling, target, more);
                    for (String host : List.of(
                            HOST,
                            HOST.toUpperCase(Locale.ROOT),
                            "pr-2.previews.example.net",
                            "pr-3.previews.example.net",
                            "pr-4.previews.example.net",
                            "pr-5.previews.example.net")) {
                        assertThat(asSpelt(host, spelling, target, more))
                                .as("%s of %s with %s", target, spelling.formatted(host), more)
                                .isEqualTo(nothing);
                    }
                }
            }
        }
        assertThat(upstream.requests()).isEmpty();
        assertThat(waker.started()).isZero();
    }

    private String asSpelt(String host, String spelling, String target, String more) throws Exception {
        String spelt = spelling.formatted(host);
        RawClient.Response response = RawClient.once(
                proxy.port, "GET " + target.formatted(spelt) + " HTTP/1.1\r\nHost: " + spelt + "\r\n" + more + "\r\n");
        return shown(response, spelt)
                .toLowerCase(Locale.ROOT)
                .replace(spelt.toLowerCase(Locale.ROOT), "host")
                .replace(host.toLowerCase(Locale.ROOT), "host");
    }

    private static String preflightText(String host) {
        return "OPTIONS /api?_method=DELETE HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + EVIL
                + "\r\nAccess-Control-Request-Method: PUT\r\nX-HTTP-Method-Override: DELETE\r\n\r\n";
    }

    private static String plain(String host, String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    }

    @Test
    void whatFollowsAPreflightOnItsConnectionGainsNothing() throws Exception {
        try (RawClient client = new RawClient(proxy.port)) {
            client.send(preflightText(HOST)
                    + plain(HOST, "/after")
                    + plain("pr-2.previews.example.net", "/")
                    + preflightText("pr-9.previews.example.net")
                    + preflightText(HOST)
                    + "DELETE /after HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: 2\r\n\r\nxy");
            for (int status : new int[] {204, 401, 401, 403, 204, 401}) {
                RawClient.Response response = client.response();
                assertThat(response.status()).isEqualTo(status);
                assertThat(response.text()).doesNotContain("secrets");
            }
        }
        assertThat(upstream.requests())
                .extracting(RawUpstream.Request::line)
                .containsExactly("OPTIONS /api HTTP/1.1", "OPTIONS /api HTTP/1.1");
        assertThat(waker.started()).isZero();
    }

    @Test
    void aStrangersHostsOnOneConnectionLookAlike() throws Exception {
        StringBuilder all = new StringBuilder();
        List<String> hosts = List.of("pr-9", "pr-1", "pr-2", "pr-3", "pr-4", "pr-9");
        hosts.forEach(host -> all.append(plain(host + ".previews.example.net", "/")));
        try (RawClient client = new RawClient(proxy.port)) {
            client.send(all.toString());
            String first = shown(client.response(), "pr-9.previews.example.net");
            for (String host : hosts.subList(1, hosts.size())) {
                assertThat(shown(client.response(), host + ".previews.example.net"))
                        .isEqualTo(first);
            }
        }
    }
}
