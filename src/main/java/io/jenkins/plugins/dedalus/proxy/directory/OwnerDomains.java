package io.jenkins.plugins.dedalus.proxy.directory;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which hosts each of several owners may name. A domain that an owner has is that owner's alone, with all hosts below it; an
 * owner without domains may name what is left. So one owner's list can't take over another one's hosts.
 */
public final class OwnerDomains {
    private static final Pattern DOMAIN =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+");

    private final List<List<String>> domains;

    /** @param domains of each owner, canonical, none within another's; an empty list for an owner without */
    public OwnerDomains(List<List<String>> domains) {
        this.domains = domains.stream().map(List::copyOf).toList();
    }

    /** Whether the owner at this position may name a host. */
    public Predicate<String> of(int owner) {
        List<String> own = domains.get(owner);
        return host -> own.isEmpty()
                ? domains.stream().flatMap(List::stream).noneMatch(domain -> isWithin(host, domain))
                : own.stream().anyMatch(domain -> isWithin(host, domain));
    }

    /** Whether a text is a domain of two parts or more, in lower case. */
    public static boolean isDomain(String text) {
        return DOMAIN.matcher(text).matches();
    }

    /** Whether a host, or a domain, is another domain or below it. */
    public static boolean isWithin(String host, String domain) {
        return host.equals(domain) || host.endsWith("." + domain);
    }
}
