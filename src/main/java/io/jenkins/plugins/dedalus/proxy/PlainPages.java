package io.jenkins.plugins.dedalus.proxy;

import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.WaitingPages;
import java.time.Instant;

/** Plain sentences, for tests and for hosts that bring no pages of their own. */
final class PlainPages implements WaitingPages {
    private static final String TEXT = "text/plain; charset=utf-8";

    @Override
    public Page waiting(Route route, Instant since) {
        return new Page(TEXT, "The preview " + route.label() + " is waking up since " + since + ".\n", null);
    }

    @Override
    public Page status(Route route, Progress progress, Instant since) {
        String state = progress.name().toLowerCase(java.util.Locale.ROOT);
        return new Page("application/json", "{\"state\":\"" + state + "\"}\n", null);
    }

    @Override
    public Page buildFailed(Route route, boolean html) {
        return new Page(TEXT, (route.problem() == null ? "The last build failed." : route.problem()) + "\n", null);
    }

    @Override
    public Page problem(Route route, int status, String sentence, boolean html) {
        return new Page(TEXT, sentence + "\n", null);
    }
}
