package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import java.util.concurrent.CompletionStage;

/** One way to prove that a viewer may view. */
interface Credential {
    /**
     * Looks for this credential in a request.
     *
     * @return null if the request carries none of this kind or a worthless one; otherwise the decision
     */
    CompletionStage<Decision> judge(ViewerRequest request);

    /** What a viewer without any valid credential gets: a challenge or a redirect. */
    Decision challenge(ViewerRequest request);
}
