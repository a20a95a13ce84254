package io.jenkins.plugins.dedalus.build;

import hudson.Extension;
import hudson.model.UnprotectedRootAction;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.view.DisplayedState;
import io.jenkins.plugins.dedalus.view.PreviewRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import jenkins.model.JenkinsLocationConfiguration;
import jenkins.security.HMACConfidentialKey;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;
import org.kohsuke.stapler.verb.GET;

/**
 * {@code /dedalus-badge/<preview>.<token>.svg}: a preview's state as a picture for READMEs and comments, for anybody who was given the
 * address. Says the state and nothing else; whoever guesses gets the same picture for every token that is not one.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class StateBadge implements UnprotectedRootAction {
    private static final String URL_NAME = "dedalus-badge";
    private static final int TOKEN_BYTES = 16;
    private static final Pattern FILE =
            Pattern.compile("/([a-z0-9-]{1,63})\\.([0-9a-f]{" + 2 * TOKEN_BYTES + "})\\.svg");
    private static final HMACConfidentialKey KEY = new HMACConfidentialKey(StateBadge.class, "token", TOKEN_BYTES);

    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return null;
    }

    @Override
    public String getUrlName() {
        return URL_NAME;
    }

    /** The address of a preview's badge for the outside; null while Jenkins' own address isn't configured. */
    public static String url(PreviewKey key) {
        String root = JenkinsLocationConfiguration.get().getUrl();
        return root == null
                ? null
                : (root.endsWith("/") ? root : root + "/") + URL_NAME + "/" + key.id() + "." + token(key) + ".svg";
    }

    private static String token(PreviewKey key) {
        return KEY.mac(key.repository() + "\n" + key.changeId() + "\n" + key.name());
    }

    /** The picture, or the one picture for whatever isn't one. */
    @GET
    public HttpResponse doDynamic(StaplerRequest2 req) {
        var file = FILE.matcher(req.getRestOfPath());
        if (!file.matches()) {
            return HttpResponses.notFound();
        }
        return svg(find(file.group(1), file.group(2)));
    }

    private static Optional<PreviewRecord> find(String id, String token) {
        try {
            Optional<PreviewRecord> record =
                    PreviewEngines.get().recordById(id).filter(known -> known.state() != PreviewState.CLOSED);
            // As much work for whatever there isn't.
            String expected = record.map(known -> token(known.key())).orElseGet(() -> KEY.mac(id));
            boolean same = MessageDigest.isEqual(
                    expected.getBytes(StandardCharsets.US_ASCII), token.getBytes(StandardCharsets.US_ASCII));
            return record.filter(known -> same);
        } catch (PreviewsUnavailableException e) {
            return Optional.empty();
        }
    }

    private static HttpResponse svg(Optional<PreviewRecord> record) {
        // No waiting for Dedalus here: anybody can ask.
        Optional<DisplayedState> shown =
                record.map(each -> PreviewRow.of(each, Duration.ZERO).getShown());
        String label = shown.map(DisplayedState::getLabel).orElse(Messages.StateBadge_unknown());
        String color = shown.map(DisplayedState::getColor).orElse("#6c757d");
        byte[] body = BadgeImage.of(Messages.StateBadge_preview(), label, color).getBytes(StandardCharsets.UTF_8);
        return new HttpResponse() {
            @Override
            public void generateResponse(StaplerRequest2 req, StaplerResponse2 rsp, Object node) throws IOException {
                rsp.setContentType("image/svg+xml;charset=UTF-8");
                rsp.setHeader("Cache-Control", "no-cache, max-age=0");
                rsp.setHeader("X-Content-Type-Options", "nosniff");
                rsp.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
                rsp.setContentLength(body.length);
                rsp.getOutputStream().write(body);
            }
        };
    }
}
