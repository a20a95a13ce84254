package io.jenkins.plugins.dedalus.listener;

import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.proxy.GateWaker;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.WakeRefusedException;
import io.jenkins.plugins.dedalus.proxy.spi.Waker;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The data plane's wakes go through the same gate as everybody else's in this Jenkins: that of the route's account. */
final class AccountWaker implements Waker {
    private static final Logger LOGGER = Logger.getLogger(AccountWaker.class.getName());
    private static final int UNAVAILABLE = 503;
    private static final Duration AFTER_A_BUILD = Duration.ofSeconds(30);

    private final AccountDirectory directory;

    AccountWaker(AccountDirectory directory) {
        this.directory = directory;
    }

    /** Empty also while the account's engine can't be used: nothing here may throw on an event loop. */
    private Optional<Waker> of(Route route) {
        try {
            return gate(route);
        } catch (PreviewException e) {
            LOGGER.log(Level.FINE, e, () -> "The account of " + route.label() + " can't be used now.");
            return Optional.empty();
        }
    }

    private Optional<Waker> gate(Route route) {
        return directory
                .engine(route)
                .map(engine -> new GateWaker(engine.gateNow()
                        .orElseThrow(() ->
                                new PreviewsUnavailableException(Messages.AccountWaker_unusable(route.label())))));
    }

    @Override
    public boolean believedActive(Route route) {
        return of(route).map(waker -> waker.believedActive(route)).orElse(false);
    }

    @Override
    public CompletionStage<Void> wake(Route route) {
        try {
            return gate(route)
                    .map(waker -> waker.wake(route))
                    // Not 410: the change request is open, and its next build serves at this address again.
                    .orElseGet(() -> CompletableFuture.failedFuture(new WakeRefusedException(
                            UNAVAILABLE, Messages.AccountWaker_gone(route.label()), AFTER_A_BUILD, null)));
        } catch (PreviewException e) {
            LOGGER.log(Level.WARNING, e, () -> Messages.AccountWaker_unusable(route.label()));
            return CompletableFuture.failedFuture(
                    new WakeRefusedException(UNAVAILABLE, Messages.AccountWaker_unusable(route.label()), null, e));
        }
    }

    @Override
    public void seenActive(Route route) {
        of(route).ifPresent(waker -> waker.seenActive(route));
    }

    @Override
    public void viewed(Route route) {
        of(route).ifPresent(waker -> waker.viewed(route));
    }

    @Override
    public void passing(Route route) {
        of(route).ifPresent(waker -> waker.passing(route));
    }

    @Override
    public void doubt(Route route) {
        of(route).ifPresent(waker -> waker.doubt(route));
    }

    @Override
    public Optional<Instant> wakingSince(Route route) {
        return of(route).flatMap(waker -> waker.wakingSince(route));
    }
}
