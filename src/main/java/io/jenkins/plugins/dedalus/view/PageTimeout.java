package io.jenkins.plugins.dedalus.view;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * How long a page waits for Dedalus altogether, however many previews it shows and whichever parts of it show them. What
 * isn't known by then is shown as it was known before. Begins to run when it is made.
 */
public final class PageTimeout {
    private static final String OF_REQUEST = PageTimeout.class.getName();

    private final LongSupplier nanos;
    private final long whole;
    private final long end;

    PageTimeout(Duration whole, LongSupplier nanos) {
        this.nanos = nanos;
        this.whole = whole.toNanos();
        this.end = nanos.getAsLong() + this.whole;
    }

    /** What is left of the request's under way, which begins now if nothing waited before; a new one outside of requests. */
    public static PageTimeout of(Duration whole) {
        StaplerRequest2 req = Stapler.getCurrentRequest2();
        if (req == null) {
            return new PageTimeout(whole, System::nanoTime);
        }
        if (req.getAttribute(OF_REQUEST) instanceof PageTimeout begun) {
            return begun;
        }
        PageTimeout patience = new PageTimeout(whole, System::nanoTime);
        req.setAttribute(OF_REQUEST, patience);
        return patience;
    }

    /**
     * What is left for something that is under way already: who waited for it as long as this without success hasn't to be
     * followed.
     *
     * @return zero or more
     */
    Duration left(Duration underWay) {
        long left = Math.min(end - nanos.getAsLong(), whole - underWay.toNanos());
        return Duration.ofNanos(Math.max(0, left));
    }
}
