package io.jenkins.plugins.dedalus.handover;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.security.ACL;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.dedalus.proxy.access.Authority;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jenkins.model.JenkinsLocationConfiguration;
import jenkins.security.ImpersonatingExecutorService;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * This Jenkins knows the viewers: for the controller's own listener, which finds it among the extensions, and for routers,
 * through {@link RouterApi}. Security realms may take their time, so answers are made on a small pool.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class JenkinsAuthority implements Authority {
    private static final int LONGEST_SESSION = 512;
    private static final int ASKED_AT_ONCE = 4;
    private static final int MOST_WAITING = 1000;

    private final ExecutorService executor;

    /** Made by Jenkins. */
    public JenkinsAuthority() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                ASKED_AT_ONCE,
                ASKED_AT_ONCE,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(MOST_WAITING),
                new NamingThreadFactory(new DaemonThreadFactory(), "dedalus-authority"));
        pool.allowCoreThreadTimeOut(true);
        executor = new ImpersonatingExecutorService(pool, ACL.SYSTEM2);
    }

    static JenkinsAuthority get() {
        return ExtensionList.lookupSingleton(JenkinsAuthority.class);
    }

    /** Jenkins' configured address with a slash at its end; never one that a request claims. Empty while unset. */
    static Optional<String> root() {
        String url = JenkinsLocationConfiguration.get().getUrl();
        return Optional.ofNullable(url).map(each -> each.endsWith("/") ? each : each + "/");
    }

    @Override
    public URI authorizeUrl(String host, String state) {
        String root = root().orElseThrow(() -> new IllegalStateException(Messages.JenkinsAuthority_noRoot()));
        return URI.create(root + "dedalus/authorize?host=" + encode(host) + "&state=" + encode(state));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public CompletionStage<Verdict> redeem(String code, String host, String state) {
        return CompletableFuture.supplyAsync(() -> redeemNow(code, host, state), executor);
    }

    @Override
    public CompletionStage<Verdict> check(String session, String host) {
        return CompletableFuture.supplyAsync(() -> checkNow(session, host), executor);
    }

    Verdict redeemNow(String code, String host, String state) {
        Optional<String> viewer = HandOver.get().redeem(code, host, state);
        if (viewer.isEmpty()) {
            return new Verdict.Denied(Messages.JenkinsAuthority_badCode());
        }
        if (!ViewerPermissions.mayView(viewer.get(), host)) {
            return new Verdict.Denied(Messages.JenkinsAuthority_notAllowed());
        }
        String session = HandOver.get().session(viewer.get(), host);
        return session.length() > LONGEST_SESSION
                ? new Verdict.Denied(Messages.JenkinsAuthority_longName())
                : new Verdict.Allowed(session, name(viewer.get()), HandOver.SESSION_LIFE);
    }

    Verdict checkNow(String session, String host) {
        Optional<HandOver.Session> known = HandOver.get().read(session, host);
        if (known.isEmpty()) {
            return new Verdict.Denied(Messages.JenkinsAuthority_badSession());
        }
        if (!ViewerPermissions.mayView(known.get().viewer(), host)) {
            return new Verdict.Denied(Messages.JenkinsAuthority_notAllowed());
        }
        return new Verdict.Allowed(
                session,
                name(known.get().viewer()),
                Duration.between(Instant.now(), known.get().until()));
    }

    private static String name(String viewer) {
        return viewer.isEmpty() ? "anonymous" : viewer;
    }
}
