package io.jenkins.plugins.dedalus.monitors;

import java.util.Locale;
import okhttp3.HttpUrl;

/** What browsers take for one site: hosts below the same registrable domain, as the public suffix list has it. */
final class Sites {
    private Sites() {}

    /** Whether {@code host} is {@code domain} or lies below it: then a preview could be given Jenkins' own host. */
    static boolean within(String host, String domain) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals(domain) || name.endsWith("." + domain);
    }

    /** Whether a page below {@code domain} and one of {@code host} are same-site. */
    static boolean same(String host, String domain) {
        String name = host.toLowerCase(Locale.ROOT);
        String ours = registrable(name);
        // A host that has no registrable domain, such as an address or localhost, is a site of its own.
        return ours != null && ours.equals(registrable("x." + domain));
    }

    private static String registrable(String host) {
        HttpUrl url = HttpUrl.parse("https://" + host + "/");
        return url == null ? null : url.topPrivateDomain();
    }
}
