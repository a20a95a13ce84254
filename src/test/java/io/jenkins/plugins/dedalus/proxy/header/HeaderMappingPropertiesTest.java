package io.jenkins.plugins.dedalus.proxy.header;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.proxy.header.HeaderPolicy.Viewer;
import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.upstream.Upstream;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any header section, in any spelling and order: what is an app's own passes as it is, what is anybody else's never does. */
class HeaderMappingPropertiesTest {
    private static final List<String> PLAIN = List.of(
            "Accept", "X-Requested-With", "Range", "My_Own", "X-Csrf-Token", "ETag", "Cache-Control", "X-Dedalus");
    private static final List<String> NEVER_TO_APPS = List.of(
            "Proxy-Authorization",
            "Transfer-Encoding",
            "Keep-Alive",
            "TE",
            "HTTP2-Settings",
            "Jenkins-Crumb",
            ".crumb",
            "X-PR-Number",
            "X-Dedalus-Bypass",
            "X-Dedalus-Anything",
            "X-Forwarded-User",
            "X-Forwarded-Prefix",
            "X-Original-URL",
            "Client-IP",
            "X-Host",
            "CF-Visitor");
    private static final List<String> NEVER_TO_VIEWERS = List.of(
            "Keep-Alive",
            "Alt-Svc",
            "Clear-Site-Data",
            "X-Accel-Redirect",
            "X-Sendfile",
            "X-LiteSpeed-Location",
            "X-Dedalus-Viewer",
            "NEL",
            "Report-To",
            "Set-Cookie2");
    private static final List<String> OUR_COOKIES = List.of(
            "__Host-dedalus-session=s3cret",
            "__host-DEDALUS-x=s3cret",
            "JSESSIONID.1234=s3cret",
            "ACEGI_SECURITY_HASHED_REMEMBER_ME_COOKIE=s3cret",
            "=__Host-dedalus-session=s3cret");
    private static final List<String> COOKIES = List.of("a=1", "theme=dark mode", "JSESSIONID=app", "x", "b=\"c=d\"");
    private static final Viewer VIEWER = new Viewer("https", "pr-1.previews.example.net", "192.0.2.1");
    private static final Upstream UPSTREAM = new Upstream("p-1.dedaluslabs.ai", 443, true, "p-1.dedaluslabs.ai", false);

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aRequestKeepsWhatIsTheAppsAndLosesAllElse(long seed) {
        Random random = new Random(seed);
        List<Map.Entry<String, String>> kept = new ArrayList<>();
        MultiMap from = section(random, NEVER_TO_APPS, kept);
        from.add(spelt("Host", random), "evil.example").add(spelt("X-Forwarded-For", random), "10.0.0.1, s3cret");
        List<String> pairs = cookies(from, random);
        MultiMap to = MultiMap.caseInsensitiveMultiMap();

        HeaderPolicy.toUpstream(HttpMethod.GET, from, to, VIEWER, UPSTREAM, Decision.ADMIT, null, false);

        assertThat(to.getAll("Host")).containsExactly(UPSTREAM.authority());
        assertThat(to.getAll("X-Forwarded-For")).containsExactly(VIEWER.address());
        assertThat(to.getAll("X-Forwarded-Host")).containsExactly(VIEWER.authority());
        assertThat(to.getAll("Cookie")).isEqualTo(pairs.isEmpty() ? List.of() : List.of(String.join("; ", pairs)));
        assertThat(to.toString()).doesNotContain("s3cret");
        Set<String> ours = Set.of(
                "host", "cookie", "x-forwarded-for", "x-real-ip", "x-forwarded-host", "x-forwarded-proto", "forwarded");
        assertThat(withoutThose(to, ours)).isEqualTo(kept);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aResponseKeepsWhatIsTheAppsAndLosesAllElse(long seed) {
        Random random = new Random(seed);
        List<Map.Entry<String, String>> kept = new ArrayList<>();
        MultiMap from = section(random, NEVER_TO_VIEWERS, kept);
        from.add(spelt("X-Robots-Tag", random), "all");
        for (int i = random.nextInt(3); i > 0; i--) {
            from.add("Set-Cookie", one(OUR_COOKIES.subList(0, 2), random) + "; Path=/");
            from.add("Set-Cookie", "app=1;" + spelt(" Domain", random) + "=example.net; Path=/; s=s3cret-no");
        }
        MultiMap to = MultiMap.caseInsensitiveMultiMap();

        HeaderPolicy.toViewer(from, to, VIEWER, UPSTREAM, Decision.ADMIT);

        assertThat(to.getAll("X-Robots-Tag")).containsExactly("noindex");
        assertThat(to.getAll("Set-Cookie")).allMatch("app=1; Path=/; s=s3cret-no"::equals);
        assertThat(withoutThose(to, Set.of("x-robots-tag", "set-cookie"))).isEqualTo(kept);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anAddressOfThePreviewComesBackAsItWent(long seed) {
        Random random = new Random(seed);
        String rest = one(List.of("", "/", "/a//b?c#d", "?q=https://p-1.dedaluslabs.ai/", "#top", "/%2e%2e/"), random);
        String sent = HeaderPolicy.location(UPSTREAM.origin() + rest, VIEWER, UPSTREAM);
        assertThat(sent).isEqualTo("https://pr-1.previews.example.net" + rest);
        MultiMap back = MultiMap.caseInsensitiveMultiMap();
        for (String name : List.of("Referer", "Destination")) {
            HeaderPolicy.toUpstream(
                    HttpMethod.GET,
                    MultiMap.caseInsensitiveMultiMap().add(spelt(name, random), sent),
                    back,
                    VIEWER,
                    UPSTREAM,
                    Decision.ADMIT,
                    null,
                    false);
            assertThat(back.get(name)).isEqualTo(UPSTREAM.origin() + rest);
        }
        // What only looks like it is nobody's to change.
        String elsewhere = one(List.of("x", "-", ".evil.example", "@evil.example", ":8443", "\\"), random) + rest;
        for (String origin : List.of(UPSTREAM.origin(), "http://" + UPSTREAM.authority())) {
            assertThat(HeaderPolicy.location(origin + elsewhere, VIEWER, UPSTREAM))
                    .isEqualTo(origin + elsewhere);
        }
    }

    /** A header section with some of these names in it, all of whose values are secrets, and what of it is to be kept. */
    private static MultiMap section(Random random, List<String> dropped, List<Map.Entry<String, String>> kept) {
        MultiMap from = MultiMap.caseInsensitiveMultiMap();
        Set<String> listed = random.nextBoolean() ? Set.of() : Set.of("accept", "etag");
        for (int i = random.nextInt(20); i > 0; i--) {
            if (random.nextBoolean()) {
                from.add(spelt(one(dropped, random), random), "s3cret");
            } else {
                String name = spelt(one(PLAIN, random), random);
                boolean passes = !listed.contains(name.toLowerCase(Locale.ROOT));
                String value = passes ? "value " + i : "s3cret";
                from.add(name, value);
                if (passes) {
                    kept.add(Map.entry(name, value));
                }
            }
        }
        if (!listed.isEmpty()) {
            from.add("Connection", "keep-alive").add(spelt("Connection", random), " ETag ,close,aCCept");
        }
        return from;
    }

    /** Some cookies in some headers; returns those that are the app's. */
    private static List<String> cookies(MultiMap from, Random random) {
        List<String> kept = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            List<String> all = new ArrayList<>();
            for (int j = 1 + random.nextInt(4); j > 0; j--) {
                boolean own = random.nextBoolean();
                String pair = one(own ? COOKIES : OUR_COOKIES, random);
                all.add(pair);
                if (own) {
                    kept.add(pair);
                }
            }
            from.add(spelt("Cookie", random), String.join("; ", all));
        }
        return kept;
    }

    private static List<Map.Entry<String, String>> withoutThose(MultiMap section, Set<String> names) {
        List<Map.Entry<String, String>> left = new ArrayList<>();
        for (Map.Entry<String, String> header : section) {
            if (!names.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                left.add(Map.entry(header.getKey(), header.getValue()));
            }
        }
        return left;
    }

    private static String one(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static String spelt(String name, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> name.toLowerCase(Locale.ROOT);
            case 1 -> name.toUpperCase(Locale.ROOT);
            default -> name;
        };
    }
}
