package io.jenkins.plugins.dedalus.handover;

import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.view.ReadAccess;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * {@code /dedalus/authorize}: a browser comes from a preview host and goes back to it with a code. Where it goes back to is
 * made from the ledger and the configuration; the request only says which of the known hosts it came from.
 */
public final class Authorize {
    private static final Pattern STATE = Pattern.compile("[A-Za-z0-9._~-]{16,512}");
    private static final int LONGEST_HOST = 253;
    private static final String CALLBACK = ".dedalus/callback";

    private Authorize() {}

    public static HttpResponse answer(String host, String state) {
        if (host == null || host.isEmpty() || host.length() > LONGEST_HOST) {
            return refuse(400, Messages.Authorize_host());
        }
        if (state == null || !STATE.matcher(state).matches()) {
            return refuse(400, Messages.Authorize_state());
        }
        if (!"jenkins".equals(DedalusGlobalConfiguration.get().getViewerAccess())) {
            return refuse(404, Messages.Authorize_off());
        }
        if (JenkinsAuthority.root().isEmpty()) {
            return refuse(503, Messages.JenkinsAuthority_noRoot());
        }
        Optional<PreviewHosts> hosts = PreviewHosts.now();
        Optional<PreviewHosts.Hosted> hosted = hosts.flatMap(all -> all.find(host))
                .filter(each -> each.record().state() != PreviewState.CLOSED)
                .filter(each -> ReadAccess.maySee(each.record()));
        if (hosted.isEmpty()) {
            SignIn.askTheAnonymous();
            return refuse(404, Messages.Authorize_unknown());
        }
        String viewer = ViewerPermissions.idOf(Jenkins.getAuthentication2());
        Optional<String> code = HandOver.get().code(viewer, hosted.get().route().host(), state);
        if (code.isEmpty()) {
            return refuse(503, Messages.Authorize_busy());
        }
        AuditLog.record(viewer, AuditLog.Deed.VIEW, hosted.get().record().key());
        String back = hosts.get().address(hosted.get().route()) + CALLBACK + "?code=" + code.get() + "&state=" + state;
        HttpResponse away = CrossOriginRedirect.to(back);
        return new HttpResponse() {
            @Override
            public void generateResponse(StaplerRequest2 req, StaplerResponse2 rsp, Object node)
                    throws IOException, ServletException {
                rsp.setHeader("Cache-Control", "no-store");
                rsp.setHeader("Referrer-Policy", "no-referrer");
                away.generateResponse(req, rsp, node);
            }
        };
    }

    private static HttpResponse refuse(int status, String sentence) {
        return HttpResponses.errorWithoutStack(status, sentence);
    }
}
