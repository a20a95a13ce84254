package io.jenkins.plugins.dedalus.proxy.forward;

/** How often one exchange was taken up again, and for what: each has its end. */
final class Tries {
    private static final int MOST_ROUTE_CHANGES = 3;
    private static final int MOST_AWAKE_RESENDS = 3;

    private int regates;
    private int resends;
    private int awakeResends;
    private int routeChanges;

    /** Whether the wake gate may still be asked once more. */
    boolean mayRegate() {
        return regates == 0;
    }

    void regated() {
        regates++;
    }

    /** Whether it may be sent once more to a machine of which nothing is known. */
    boolean resend() {
        return resends++ == 0;
    }

    /** Whether it may be sent once more to a machine that answers others. */
    boolean resendAwake() {
        return awakeResends++ < MOST_AWAKE_RESENDS;
    }

    /** The route leads elsewhere than before; whether it may be followed. */
    boolean followRoute() {
        return ++routeChanges <= MOST_ROUTE_CHANGES;
    }
}
