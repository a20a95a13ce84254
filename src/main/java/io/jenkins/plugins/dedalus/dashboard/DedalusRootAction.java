package io.jenkins.plugins.dedalus.dashboard;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hudson.Extension;
import hudson.model.RootAction;
import io.jenkins.plugins.dedalus.config.PreviewsUnavailableException;
import java.time.Duration;
import jenkins.model.Jenkins;
import jenkins.security.stapler.StaplerDispatchable;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.GET;

/** {@code /dedalus/}: the dashboard, and the addresses below it. No byte of a preview comes from here. */
@Extension
public final class DedalusRootAction implements RootAction, StaplerProxy {
    /** The address below Jenkins' root. */
    public static final String URL_NAME = "dedalus";

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @Override
    public String getIconFileName() {
        return Jenkins.get().hasPermission(Jenkins.READ) ? "symbol-planet-outline plugin-ionicons-api" : null;
    }

    @Override
    public String getDisplayName() {
        return Messages.DedalusRootAction_name();
    }

    @Override
    public String getUrlName() {
        return URL_NAME;
    }

    /** Jenkins asks the same; here so that nobody has to know. */
    @Override
    public Object getTarget() {
        Jenkins.get().checkPermission(Jenkins.READ);
        return this;
    }

    /** The list as the request's parameters want it. */
    public Listing getListing() {
        StaplerRequest2 req = Stapler.getCurrentRequest2();
        int page = 1;
        if (req.getParameter("page") != null && req.getParameter("page").matches("\\d{1,6}")) {
            page = Integer.parseInt(req.getParameter("page"));
        }
        return Listing.of(req.getParameter("q"), page);
    }

    /** {@code /dedalus/preview/<id>/}. */
    @StaplerDispatchable
    public Previews getPreview() {
        return new Previews();
    }

    /** {@code /dedalus/open/<id>/}. */
    @StaplerDispatchable
    public Links getOpen() {
        return new Links();
    }

    /** {@code /dedalus/api/json}. */
    public Api getApi() {
        return new Api();
    }

    /** {@code /dedalus/router/}: for standalone routers. */
    public RouterApi getRouter() {
        return new RouterApi();
    }

    /** Where a preview host sends browsers to prove who they are. */
    @GET
    public HttpResponse doAuthorize(@QueryParameter String host, @QueryParameter String state) {
        return Authorize.answer(host, state);
    }

    /** The pages of previews. */
    public static final class Previews {
        /** A preview's page; null, which means 404, if there is none or the user may not know of it. */
        public PreviewPage getDynamic(String id) {
            return Sight.find(id).map(PreviewPage::new).orElse(null);
        }
    }

    /** The links to previews. */
    public static final class Links {
        /** A preview's link; anybody not signed in is asked to, whether it exists or not. */
        public OpenPage getDynamic(String id) {
            OpenPage page =
                    Sight.find(id).map(found -> new OpenPage(found, null)).orElse(null);
            if (page == null) {
                SignIn.askTheAnonymous();
            }
            return page;
        }
    }

    /** The list for programs. */
    public static final class Api {
        /** Every preview that the user may see, in the dashboard's order. */
        @GET
        public HttpResponse doJson() {
            ObjectNode answer = JsonAnswer.mapper().createObjectNode();
            ArrayNode previews = answer.putArray("previews");
            try {
                Listing.visible().stream()
                        .map(record -> PreviewJson.of(PreviewRow.of(record, PATIENCE)))
                        .forEach(previews::add);
            } catch (PreviewsUnavailableException e) {
                return JsonAnswer.problem(503, e.getMessage());
            }
            return JsonAnswer.tagged(answer);
        }

        /** There is no page here. */
        public HttpResponse doIndex() {
            return HttpResponses.redirectTo("json");
        }
    }
}
