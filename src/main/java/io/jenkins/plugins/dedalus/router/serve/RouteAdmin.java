package io.jenkins.plugins.dedalus.router.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.proxy.GateWaker;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.RouteState;
import io.jenkins.plugins.dedalus.router.admin.AdminApi;
import io.jenkins.plugins.dedalus.router.admin.AdminCall;
import io.jenkins.plugins.dedalus.router.admin.AdminException;
import io.jenkins.plugins.dedalus.router.admin.EventStream;
import java.util.List;
import java.util.Locale;

/** The admin API of a router that follows somebody else's list: it lists and wakes; the rest is the owner's. */
final class RouteAdmin implements AdminApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Followed followed;
    private final WakeGate gate;

    RouteAdmin(Followed followed, WakeGate gate) {
        this.followed = followed;
        this.gate = gate;
    }

    @Override
    public void handle(AdminCall call) {
        if (call.is("GET", 1) && call.parts().get(0).equals("previews")) {
            ObjectNode answer = JSON.createObjectNode();
            ArrayNode previews = answer.putArray("previews");
            followed.directory().routes().forEach(route -> previews.add(view(route)));
            answer.putArray("notes").add(followed.describe());
            call.answer(answer);
        } else if (call.is("POST", 3) && call.parts().get(2).equals("wake")) {
            wake(call, find(call.parts().get(1)));
        } else {
            throw new AdminException(
                    AdminException.Kind.FAILED,
                    "This router only follows a list of previews (" + followed.describe()
                            + "): it can list and wake. Ask whoever owns the previews for the rest.");
        }
    }

    private void wake(AdminCall call, Route route) {
        if (route.state() != RouteState.SERVING) {
            throw new AdminException(
                    AdminException.Kind.FAILED, route.label() + " is " + word(route) + ": there's nothing to wake.");
        }
        EventStream stream = call.stream();
        stream.progress("waking the machine", 0, null, false);
        stream.follow(gate.wake(GateWaker.target(route)), awake -> view(route)
                .put("note", "Awake after " + awake.took().toMillis() + " ms."));
    }

    private Route find(String text) {
        List<Route> fits = followed.directory().routes().stream()
                .filter(route -> text.equals(route.host())
                        || text.equals(route.previewId())
                        || text.equals(route.label())
                        || text.equals(route.changeId()))
                .toList();
        long previews = fits.stream().map(Route::previewId).distinct().count();
        if (previews != 1) {
            throw new AdminException(
                    AdminException.Kind.NOT_FOUND,
                    previews == 0
                            ? "There's no preview \"" + text + "\" in the list (" + followed.describe() + ")."
                            : "\"" + text + "\" fits several previews. Name a host.");
        }
        return fits.get(0);
    }

    private static ObjectNode view(Route route) {
        return JSON.createObjectNode()
                .put("id", route.previewId())
                .put("label", route.label())
                .put("repository", route.repository())
                .put("changeId", route.changeId())
                .put("state", word(route))
                .put("machineId", route.machineId())
                .put("url", route.host());
    }

    private static String word(Route route) {
        return route.state().name().toLowerCase(Locale.ROOT);
    }
}
