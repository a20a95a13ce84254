package io.jenkins.plugins.dedalus.proxy.access;

import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks, for each preview host, the authority of whoever owns that preview. */
public final class OwnersAuthority implements Authority {
    private final Function<String, Optional<Authority>> ofHost;
    private final Authority otherwise;

    /**
     * Chooses by host.
     *
     * @param otherwise for hosts whose owner is no authority; null where every owner is one
     */
    public OwnersAuthority(Function<String, Optional<Authority>> ofHost, Authority otherwise) {
        this.ofHost = ofHost;
        this.otherwise = otherwise;
    }

    @Override
    public URI authorizeUrl(String host, String state) {
        return of(host).authorizeUrl(host, state);
    }

    @Override
    public CompletionStage<Verdict> redeem(String code, String host, String state) {
        return of(host).redeem(code, host, state);
    }

    @Override
    public CompletionStage<Verdict> check(String session, String host) {
        return of(host).check(session, host);
    }

    private Authority of(String host) {
        return ofHost.apply(host)
                .or(() -> Optional.ofNullable(otherwise))
                .orElseThrow(() -> new IllegalStateException("No Jenkins knows the viewers of " + host + "."));
    }
}
