package io.jenkins.plugins.dedalus.handover;

import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.proxy.access.revocation.Withdrawals;
import io.jenkins.plugins.dedalus.proxy.directory.RouteFeed;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What this Jenkins publishes to its routers; one, so that it remembers the lists that they have. */
@Extension
@Restricted(NoExternalUse.class)
public final class RoutesFeed {
    private final RouteFeed feed = new RouteFeed(this::routes, () -> Withdrawals.NONE);
    /** Made anew when a record or the configuration changed: routers ask every few seconds. */
    private volatile Known known;

    private record Known(long version, List<Route> routes) {}

    static RoutesFeed get() {
        return ExtensionList.lookupSingleton(RoutesFeed.class);
    }

    /** The list, or what changed in it since the one with this ETag. */
    RouteFeed.Reply answer(String since) {
        return feed.answer(null, since);
    }

    private List<Route> routes() {
        long version = PreviewEngines.get().version();
        Known before = known;
        if (before == null || before.version() != version) {
            before = new Known(version, read());
            known = before;
        }
        return before.routes();
    }

    private static List<Route> read() {
        return PreviewHosts.now().stream()
                .flatMap(hosts -> hosts.all().stream())
                .map(PreviewHosts.Hosted::route)
                .toList();
    }
}
