package io.jenkins.plugins.dedalus.handover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import io.jenkins.plugins.dedalus.proxy.access.Authority.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.GET;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code /dedalus/router/}: what standalone routers ask, with an API token of a user who has {@code Dedalus/Route}. The
 * calls are described in docs/security.md and docs/proxy-and-dns.md. None of them answers with a secret.
 */
@Restricted(NoExternalUse.class)
public final class RouterApi implements StaplerProxy {
    private static final int LONGEST_QUESTION = 8 * 1024;

    /** Asked before anything below this address. */
    @Override
    public Object getTarget() {
        Jenkins.get().checkPermission(DedalusPermissions.ROUTE);
        return this;
    }

    /**
     * Every preview host and where its requests go.
     *
     * @param since the ETag of a list that the router can apply changes to; null for the whole list
     */
    @GET
    public HttpResponse doDirectory(@QueryParameter String since) {
        if (PreviewHosts.now().isEmpty()) {
            return JsonAnswer.problem(503, Messages.RouterApi_noPublicUrl());
        }
        try {
            return JsonAnswer.tagged(RoutesFeed.get().answer(since));
        } catch (PreviewsUnavailableException e) {
            return JsonAnswer.problem(503, e.getMessage());
        }
    }

    /** Redeems a code, once: {@code {"code", "host", "state"}}. */
    @POST
    public HttpResponse doRedeem(StaplerRequest2 req) throws IOException {
        return answer(req, question -> JenkinsAuthority.get()
                .redeemNow(text(question, "code"), text(question, "host"), text(question, "state")));
    }

    /** Whether a session still holds: {@code {"session", "host"}}. */
    @POST
    public HttpResponse doCheck(StaplerRequest2 req) throws IOException {
        return answer(
                req, question -> JenkinsAuthority.get().checkNow(text(question, "session"), text(question, "host")));
    }

    private static HttpResponse answer(StaplerRequest2 req, Function<JsonNode, Verdict> ask) throws IOException {
        byte[] body = req.getInputStream().readNBytes(LONGEST_QUESTION + 1);
        if (body.length > LONGEST_QUESTION) {
            return JsonAnswer.problem(413, Messages.RouterApi_tooLong(LONGEST_QUESTION));
        }
        try {
            JsonNode question = JsonAnswer.mapper().readTree(new String(body, StandardCharsets.UTF_8));
            return json(ask.apply(question));
        } catch (JsonProcessingException e) {
            return JsonAnswer.problem(400, Messages.RouterApi_noJson());
        } catch (IllegalArgumentException e) {
            return JsonAnswer.problem(400, e.getMessage());
        } catch (PreviewsUnavailableException e) {
            return JsonAnswer.problem(503, e.getMessage());
        }
    }

    private static String text(JsonNode question, String field) {
        if (question == null || !question.path(field).isTextual()) {
            throw new IllegalArgumentException(Messages.RouterApi_missing(field));
        }
        return question.path(field).asText();
    }

    private static HttpResponse json(Verdict verdict) {
        ObjectNode node = JsonAnswer.mapper().createObjectNode();
        if (verdict instanceof Verdict.Allowed allowed) {
            node.put("allowed", true);
            node.put("session", allowed.session());
            node.put("viewer", allowed.viewer());
            node.put("expiresInSeconds", Math.max(0, allowed.lifetime().toSeconds()));
        } else if (verdict instanceof Verdict.Denied denied) {
            node.put("allowed", false);
            node.put("message", denied.sentence());
        }
        return JsonAnswer.of(200, node);
    }
}
