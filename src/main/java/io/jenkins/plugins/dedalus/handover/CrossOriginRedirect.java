package io.jenkins.plugins.dedalus.handover;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;
import jenkins.util.ClientHttpRedirect;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;

/**
 * Leads a browser to an address that isn't Jenkins' own. By a page, not by a status: where Jenkins enforces its Content
 * Security Policy, a browser that came by a form (the login, a button) follows no redirect to another origin.
 */
public final class CrossOriginRedirect {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+]");
    private static final Pattern REST = Pattern.compile("[A-Za-z0-9._~/%:@!$&()*+,=-]*");

    private CrossOriginRedirect() {}

    /** Goes there if it is an http(s) address that holds nothing a page could mistake for something else. */
    public static HttpResponse to(String address) {
        return checked(address)
                .<HttpResponse>map(ClientHttpRedirect::new)
                .orElseGet(() -> HttpResponses.errorWithoutStack(502, Messages.CrossOriginRedirect_unusable()));
    }

    /** The address put together anew from its checked parts; empty if one of them is wrong. */
    static Optional<String> checked(String address) {
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        boolean host = uri.getHost() != null
                && HOST.matcher(uri.getHost()).matches()
                && uri.getRawUserInfo() == null
                && uri.getPort() != 0;
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        boolean rest = REST.matcher(path).matches() && REST.matcher(query).matches() && uri.getRawFragment() == null;
        if (!web || !host || !rest) {
            return Optional.empty();
        }
        return Optional.of(uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + path + (query.isEmpty() ? "" : "?" + query));
    }
}
