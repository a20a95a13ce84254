package io.jenkins.plugins.dedalus.dashboard;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hudson.Extension;
import hudson.model.RootAction;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.accounts.PreviewsUnavailableException;
import io.jenkins.plugins.dedalus.handover.Authorize;
import io.jenkins.plugins.dedalus.handover.JsonAnswer;
import io.jenkins.plugins.dedalus.handover.RouterApi;
import io.jenkins.plugins.dedalus.handover.SignIn;
import io.jenkins.plugins.dedalus.view.ReadAccess;
import jenkins.model.Jenkins;
import jenkins.security.stapler.StaplerDispatchable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.GET;

/** {@code /dedalus/}: the dashboard, and the addresses below it. No byte of a preview comes from here. */
@Extension
@Restricted(NoExternalUse.class)
public final class DedalusRootAction implements RootAction, StaplerProxy {
    /** The address below Jenkins' root. */
    public static final String URL_NAME = "dedalus";

    private static final int JSON_PAGE = 100;
    private static final int LARGEST_JSON_PAGE = 500;

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
        return Listing.of(req.getParameter("q"), number(req.getParameter("page"), 1));
    }

    private static int number(String text, int otherwise) {
        return text != null && text.matches("\\d{1,6}") ? Integer.parseInt(text) : otherwise;
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
            return ReadAccess.find(id).map(PreviewPage::new).orElse(null);
        }
    }

    /** The links to previews. */
    public static final class Links {
        /** A preview's link; anybody not signed in is asked to, whether it exists or not. */
        public OpenPage getDynamic(String id) {
            OpenPage page =
                    ReadAccess.find(id).map(found -> new OpenPage(found, null)).orElse(null);
            if (page == null) {
                SignIn.askTheAnonymous();
            }
            return page;
        }
    }

    /** The list for programs. */
    public static final class Api {
        /**
         * The previews that the user may see, in the dashboard's order, a page at a time.
         *
         * @param q words that must all occur; null for everything
         * @param page from 1; null for the first
         * @param size previews per page, 1 to 500; null for 100
         */
        @GET
        public HttpResponse doJson(@QueryParameter String q, @QueryParameter String page, @QueryParameter String size) {
            int most = Math.max(1, Math.min(number(size, JSON_PAGE), LARGEST_JSON_PAGE));
            try {
                PreviewEngines.get().records();
            } catch (PreviewsUnavailableException e) {
                return JsonAnswer.problem(503, e.getMessage());
            }
            Listing listing = Listing.of(q, number(page, 1), most);
            ObjectNode answer = JsonAnswer.mapper().createObjectNode();
            answer.put("total", listing.getFound());
            answer.put("page", listing.getPage());
            answer.put("pages", listing.getLastPage());
            ArrayNode previews = answer.putArray("previews");
            listing.getRows().stream().map(PreviewJson::of).forEach(previews::add);
            return JsonAnswer.tagged(answer);
        }

        /** There is no page here. */
        public HttpResponse doIndex() {
            return HttpResponses.redirectTo("json");
        }
    }
}
