package io.jenkins.plugins.dedalus.proxy.directory;

import java.net.URI;
import java.util.function.Predicate;

/**
 * Who owns the previews of a route list, and where it publishes the list.
 *
 * @param name what people call it, e.g. {@code Jenkins}
 * @param address of the list
 * @param mayName the hosts that it may name; routes of others are left out
 */
public record ListOwner(String name, URI address, Predicate<String> mayName) {
    /** A Jenkins with the plugin, by its root address. */
    public static ListOwner jenkins(URI root) {
        return new ListOwner("Jenkins", below(root, "dedalus/router/directory"), host -> true);
    }

    /** A router with a ledger of its own, by the address of its admin port. */
    public static ListOwner router(URI root) {
        return new ListOwner("The router", below(root, "api/v1/routes"), host -> true);
    }

    /** The same, of hosts that fit. */
    public ListOwner within(Predicate<String> hosts) {
        return new ListOwner(name, address, hosts);
    }

    private static URI below(URI root, String path) {
        String text = root.toString();
        return URI.create((text.endsWith("/") ? text : text + "/") + path);
    }
}
