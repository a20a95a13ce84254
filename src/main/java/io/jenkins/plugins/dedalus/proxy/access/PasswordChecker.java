package io.jenkins.plugins.dedalus.proxy.access;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Checks one user's password against a bcrypt hash. bcrypt takes a tenth of a second by design, so it runs on the given
 * executor, never on an event loop, once per password: outcomes are remembered under a keyed hash, from which nobody can
 * read the password. Thread-safe.
 */
final class PasswordChecker {
    private static final int MOST_REMEMBERED = 1000;
    private static final int MOST_WAITING = 64;

    private final String user;
    private final byte[] hash;
    private final Executor executor;
    private final Signer keyed = new Signer(Signer.freshKey());
    private final Map<String, CompletableFuture<Boolean>> outcomes = new LinkedHashMap<>(16, 0.75f, true);
    private int running;

    PasswordChecker(String user, String hash, Executor executor) {
        this.user = user;
        this.hash = hash.getBytes(StandardCharsets.UTF_8);
        this.executor = executor;
    }

    /** Whether {@code user:password} is right; fails with {@link RejectedExecutionException} when too many are being checked. */
    synchronized CompletableFuture<Boolean> check(String userAndPassword) {
        String key = keyed.sign(userAndPassword);
        CompletableFuture<Boolean> known = outcomes.get(key);
        if (known != null) {
            return known;
        }
        CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        if (running >= MOST_WAITING) {
            outcome.completeExceptionally(new RejectedExecutionException("Too many passwords are being checked."));
            return outcome;
        }
        running++;
        outcomes.put(key, outcome);
        if (outcomes.size() > MOST_REMEMBERED) {
            outcomes.remove(outcomes.keySet().iterator().next());
        }
        executor.execute(() -> finish(key, userAndPassword, outcome));
        return outcome;
    }

    private void finish(String key, String userAndPassword, CompletableFuture<Boolean> outcome) {
        try {
            outcome.complete(verify(userAndPassword));
        } catch (RuntimeException e) {
            forget(key);
            outcome.completeExceptionally(e);
        } finally {
            ended();
        }
    }

    private synchronized void forget(String key) {
        outcomes.remove(key);
    }

    private synchronized void ended() {
        running--;
    }

    private boolean verify(String userAndPassword) {
        int colon = userAndPassword.indexOf(':');
        String givenUser = colon < 0 ? userAndPassword : userAndPassword.substring(0, colon);
        byte[] password = userAndPassword.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
        // bcrypt runs for a wrong user too: the time must not tell which part was wrong.
        boolean right = password.length <= 72 && BCrypt.verifyer().verify(password, hash).verified;
        return Signer.same(givenUser, user) && right;
    }
}
