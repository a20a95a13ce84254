package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * One user with a password. Who gave it once gets a signed cookie for 30 minutes, so that the app behind may use the
 * Authorization header for itself; a valid password is never passed on.
 */
final class BasicAccess implements Credential {
    private static final Duration LIFE = Duration.ofMinutes(30);
    private static final Duration RENEW_BELOW = Duration.ofMinutes(15);
    private static final Set<String> AUTHORIZATION = Set.of("authorization");

    private final String user;
    private final PasswordChecker checker;
    private final Signer signer;
    private final SameSiteRule sameSite;
    private final Clock clock;

    /** @param signer its key also depends on the hash: a new password ends all sessions */
    BasicAccess(String user, String hash, Signer signer, SameSiteRule sameSite, Executor executor, Clock clock) {
        this.user = user;
        this.checker = new PasswordChecker(user, hash, executor);
        this.signer = signer.derive("basic\n" + user + "\n" + hash);
        this.sameSite = sameSite;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Decision> judge(ViewerRequest request) {
        String given = decode(request.headers().get("Authorization"));
        Instant expires = expiry(request);
        if (given == null || expires != null && !isOurs(given)) {
            return expires == null ? null : CompletableFuture.completedFuture(admit(request, false, renew(expires)));
        }
        return checker.check(given).handle((right, failure) -> {
            if (failure != null) {
                return Refusals.busy();
            }
            if (right) {
                return admit(request, true, true);
            }
            return expires == null ? challenge(request) : admit(request, false, renew(expires));
        });
    }

    /** Whether this is, or pretends to be, the password for the router; any other user's is the app's own. */
    private boolean isOurs(String userAndPassword) {
        return userAndPassword.startsWith(user + ":");
    }

    /** Whether a request carries a password that is none of the app's business: ours, or one that nobody can read. */
    boolean carriesPassword(ViewerRequest request) {
        return request.headers().getAll("Authorization").stream()
                .filter(BasicAccess::isBasic)
                .anyMatch(header -> {
                    String given = decode(header);
                    return given == null || isOurs(given);
                });
    }

    private Decision admit(ViewerRequest request, boolean byPassword, boolean renew) {
        boolean program = byPassword && SameSiteRule.isProgram(request);
        if (!program && !sameSite.allows(request)) {
            return Refusals.crossOrigin();
        }
        List<Map.Entry<String, String>> cookies = List.of();
        if (renew && !program) {
            String until = Long.toString(clock.instant().plus(LIFE).getEpochSecond());
            String signature = signer.sign(request.route().host() + "\n" + until);
            cookies = List.of(ViewerCookies.set(ViewerCookies.BASIC, until + "." + signature, LIFE));
        }
        return new Decision.Admit(user, carriesPassword(request) ? AUTHORIZATION : Set.of(), Set.of(), cookies, null);
    }

    private boolean renew(Instant expires) {
        return Duration.between(clock.instant(), expires).compareTo(RENEW_BELOW) < 0;
    }

    /** Whether an Authorization header is of the kind that browsers send a remembered password in. */
    static boolean isBasic(String header) {
        return header != null && header.regionMatches(true, 0, "Basic ", 0, 6);
    }

    private static String decode(String header) {
        if (!isBasic(header)) {
            return null;
        }
        try {
            byte[] bytes =
                    java.util.Base64.getDecoder().decode(header.substring(6).trim());
            return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Instant expiry(ViewerRequest request) {
        String cookie = ViewerCookies.read(request.headers(), ViewerCookies.BASIC);
        int dot = cookie == null ? -1 : cookie.indexOf('.');
        if (dot < 0 || !cookie.substring(0, dot).matches("\\d{1,12}")) {
            return null;
        }
        String until = cookie.substring(0, dot);
        if (!signer.verify(request.route().host() + "\n" + until, cookie.substring(dot + 1))) {
            return null;
        }
        Instant expires = Instant.ofEpochSecond(Long.parseLong(until));
        return clock.instant().isBefore(expires) ? expires : null;
    }

    @Override
    public Decision challenge(ViewerRequest request) {
        return new Decision.Respond(
                401,
                List.of(
                        Map.entry("WWW-Authenticate", "Basic realm=\"preview\", charset=\"UTF-8\""),
                        Map.entry("Content-Type", "text/plain; charset=utf-8")),
                "This preview asks for a user name and a password.\n");
    }
}
