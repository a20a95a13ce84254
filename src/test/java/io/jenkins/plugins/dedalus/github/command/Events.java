package io.jenkins.plugins.dedalus.github.command;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Webhooks as GitHub sends them, shortened. */
final class Events {
    private static final String REPOSITORY = """
            {"name": "shop", "full_name": "acme/shop", "owner": {"login": "acme"}, "html_url": "%s/acme/shop"}""";

    private Events() {}

    static String comment(String action, long id, String body) {
        return comment("https://github.example", action, id, body);
    }

    static String comment(String server, String action, long id, String body) {
        return """
                {"action": "%s", "issue": {"number": 12, "pull_request": {"url": "x"}}, "sender": {"login": "eve"},
                 "comment": {"id": %d, "body": "%s", "user": {"login": "eve", "type": "User"}}, "repository": %s}
                """.formatted(
                        action,
                        id,
                        new String(JsonStringEncoder.getInstance().quoteAsString(body)),
                        REPOSITORY.formatted(server));
    }

    static String pull(String action) {
        return pull("https://github.example", action);
    }

    static String pull(String server, String action) {
        return """
                {"action": "%s", "number": 12, "pull_request": {"number": 12, "labels": [{"name": "preview"}]},
                 "sender": {"login": "eve"}, "repository": %s}
                """.formatted(action, REPOSITORY.formatted(server));
    }
}
