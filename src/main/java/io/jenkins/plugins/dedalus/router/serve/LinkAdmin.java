package io.jenkins.plugins.dedalus.router.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.proxy.access.ShareLinks;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Reserved;
import io.jenkins.plugins.dedalus.router.admin.AdminCall;
import io.jenkins.plugins.dedalus.router.admin.AdminException;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.time.Duration;

/** Makes and withdraws share links and bypass tokens, on behalf of the admin API. */
final class LinkAdmin {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STANDARD_LIFE = "24h";

    private final RouterConfig config;
    private final ShareLinks links;

    LinkAdmin(RouterConfig config, ShareLinks links) {
        this.config = config;
        this.links = links;
    }

    /** Answers {@code share}, {@code unshare} and {@code bypass} of a preview. */
    void handle(AdminCall call, PreviewRecord record) {
        String previewId = record.key().id();
        ObjectNode answer = JSON.createObjectNode().put("id", previewId);
        switch (call.parts().get(2)) {
            case "share" -> share(call, record, answer);
            case "unshare" -> {
                String link = call.text("link");
                if (link == null) {
                    links.revokeAll(previewId);
                } else {
                    links.revoke(link);
                }
                answer.put("withdrawn", link == null ? "all" : link);
            }
            case "bypass" -> {
                protectedOnly();
                answer.put("header", Reserved.BYPASS_HEADER)
                        .put("token", links.bypassToken(previewId, host(call, record)));
            }
            default ->
                throw new AdminException(
                        AdminException.Kind.NOT_FOUND,
                        "The admin API knows no " + call.parts().get(2) + ".");
        }
        call.answer(answer);
    }

    private void share(AdminCall call, PreviewRecord record, ObjectNode answer) {
        protectedOnly();
        String text = call.text("expires") == null ? STANDARD_LIFE : call.text("expires");
        Duration life = Durations.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "expires: \"" + text + "\" must be a duration such as 2h or 7d, at most 30d."));
        ShareLinks.Issued issued = links.issue(record.key().id(), host(call, record), life);
        String path = Reserved.PATH_PREFIX.substring(1) + "share/" + issued.token();
        answer.put(
                        "url",
                        config.previewUrl()
                                .url(label(call, record))
                                .resolve("/" + path)
                                .toString())
                .put("link", issued.link().id())
                .put("expiresAt", issued.link().expiresAt().toString());
    }

    private String host(AdminCall call, PreviewRecord record) {
        return config.previewUrl().host(label(call, record));
    }

    /** Of the port that the call names; of the main one if it names none. */
    private static String label(AdminCall call, PreviewRecord record) {
        String name = call.text("port");
        ExposedPort port = name == null ? record.mainPort() : record.ports().get(name);
        if (port == null && name != null) {
            throw new AdminException(
                    AdminException.Kind.FAILED,
                    "The preview exposes no port \"" + name + "\"; it has: "
                            + String.join(", ", record.ports().keySet()) + ".");
        }
        return port == null || port.label() == null ? record.label() : port.label();
    }

    private void protectedOnly() {
        if (config.access().mode() == AccessMode.PUBLIC) {
            throw new AdminException(
                    AdminException.Kind.FAILED,
                    "Previews are public here (access.mode): anyone may view, so there's nothing to share or to bypass.");
        }
    }
}
