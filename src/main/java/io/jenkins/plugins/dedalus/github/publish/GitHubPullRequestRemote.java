package io.jenkins.plugins.dedalus.github.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.github.SurfacePart;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubHttp;
import io.jenkins.plugins.dedalus.github.api.GitHubHttp.Answer;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.publish.CallOutcome.Kind;
import java.io.IOException;
import java.util.Set;
import okhttp3.HttpUrl;

/** Deployments, the comment and statuses of one pull request through GitHub's API. */
final class GitHubPullRequestRemote implements PullRequestRemote {
    /** Marks deployments as ours. */
    static final String TASK = "dedalus-preview";

    private static final int PAGE = 100;
    /** Nobody reads further; a comment of ours on a later page would be made anew. */
    private static final int PAGES = 30;

    private final GitHubHttp http;
    private final Answers answers;
    private final GitHubAddress address;
    private final GitHubLogin login;
    private final PermissionRefusals refusals;
    private final String marker;

    /** @param marker what our comment begins with */
    GitHubPullRequestRemote(
            GitHubHttp http,
            Answers answers,
            GitHubAddress address,
            GitHubLogin login,
            PermissionRefusals refusals,
            String marker) {
        this.http = http;
        this.answers = answers;
        this.address = address;
        this.login = login;
        this.refusals = refusals;
        this.marker = marker;
    }

    @Override
    public String lane() {
        // GitHub counts by user, or by the app's installation at an owner.
        return address.api().host() + " " + login.name() + " " + login.fingerprint()
                + (login.app() == null ? "" : " " + address.owner());
    }

    @Override
    public Set<SurfacePart> refused() {
        return refusals.of(login, address);
    }

    @Override
    public CallOutcome perform(PullRequestWrite write) {
        try {
            CallOutcome outcome = call(write);
            if (outcome.kind() == Kind.FORBIDDEN) {
                refusals.add(login, address, write.part(), outcome.sentence());
            }
            return outcome;
        } catch (IOException e) {
            return CallOutcome.of(
                    Kind.UNKNOWN,
                    "GitHub gave no answer to " + Answers.doing(write) + " in " + address.name() + ": " + e.getMessage()
                            + ".");
        }
    }

    private CallOutcome call(PullRequestWrite write) throws IOException {
        if (write instanceof PullRequestWrite.FindDeployment find) {
            return find(find);
        } else if (write instanceof PullRequestWrite.FindComment find) {
            return find(find);
        } else if (write instanceof PullRequestWrite.MakeDeployment make) {
            return post(make, address.repository("deployments").build(), deployment(make));
        } else if (write instanceof PullRequestWrite.SetDeployment set) {
            return post(
                    set,
                    address.repository("deployments/" + set.id() + "/statuses").build(),
                    status(set));
        } else if (write instanceof PullRequestWrite.SetStatus status) {
            return post(
                    status, address.repository("statuses/" + status.commit()).build(), status(status));
        } else if (write instanceof PullRequestWrite.MakeComment make) {
            HttpUrl url = address.repository("issues/" + address.number() + "/comments")
                    .build();
            return post(make, url, object().put("body", make.body()));
        }
        if (write instanceof PullRequestWrite.React react) {
            HttpUrl url = address.repository("issues/comments/" + react.comment() + "/reactions")
                    .build();
            return means(react, http.call(login, "POST", url, object().put("content", react.content())));
        }
        PullRequestWrite.EditComment edit = (PullRequestWrite.EditComment) write;
        HttpUrl url = address.repository("issues/comments/" + edit.id()).build();
        return means(edit, http.call(login, "PATCH", url, object().put("body", edit.body())));
    }

    private CallOutcome post(PullRequestWrite write, HttpUrl url, JsonNode body) throws IOException {
        CallOutcome outcome = means(write, http.call(login, "POST", url, body));
        return write.makes() && outcome.kind() == Kind.DONE && outcome.id() == null
                ? CallOutcome.of(Kind.UNKNOWN, "GitHub named no id of what it made in " + address.name() + ".")
                : outcome;
    }

    private CallOutcome means(PullRequestWrite write, Answer answer) {
        return answers.of(write, answer, address.name());
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static JsonNode deployment(PullRequestWrite.MakeDeployment make) {
        ObjectNode body = object().put("ref", make.commit())
                .put("task", TASK)
                .put("auto_merge", false)
                .put("environment", make.environment())
                .put("description", "A preview of the pull request")
                .put("transient_environment", true)
                .put("production_environment", false);
        // Else our own pending status would stand in its way.
        body.putArray("required_contexts");
        body.putObject("payload").put("preview", make.preview());
        return body;
    }

    private static JsonNode status(PullRequestWrite.SetDeployment set) {
        ObjectNode body = object().put("state", set.state())
                .put("description", set.description())
                // All pull requests share the environment: only we know which deployments are old.
                .put("auto_inactive", false);
        if (set.environmentUrl() != null) {
            body.put("environment_url", set.environmentUrl());
        }
        if (set.logUrl() != null) {
            body.put("log_url", set.logUrl());
        }
        return body;
    }

    private static JsonNode status(PullRequestWrite.SetStatus status) {
        ObjectNode body = object().put("state", status.state())
                .put("context", status.context())
                .put("description", status.description());
        return status.url() == null ? body : body.put("target_url", status.url());
    }

    private CallOutcome find(PullRequestWrite.FindDeployment find) throws IOException {
        HttpUrl.Builder url = address.repository("deployments")
                .addQueryParameter("sha", find.commit())
                .addQueryParameter("task", TASK)
                .addQueryParameter("per_page", Integer.toString(PAGE));
        if (find.environment() != null) {
            url.addQueryParameter("environment", find.environment());
        }
        Answer answer = http.call(login, "GET", url.build(), null);
        if (!answer.ok()) {
            return means(find, answer);
        }
        for (JsonNode each : answer.body()) {
            JsonNode payload = each.path("payload");
            boolean ours = payload.isTextual()
                    ? payload.asText().contains("\"" + find.preview() + "\"")
                    : find.preview().equals(payload.path("preview").asText());
            if (ours && each.path("sha").asText().equals(find.commit())) {
                return CallOutcome.done(each.path("id").asLong());
            }
        }
        return CallOutcome.done(null);
    }

    /** Anybody can write our marker: only what we wrote ourselves is ours. */
    private CallOutcome find(PullRequestWrite.FindComment find) throws IOException {
        Long self = null;
        for (int page = 1; page <= PAGES; page++) {
            HttpUrl url = address.repository("issues/" + address.number() + "/comments")
                    .addQueryParameter("per_page", Integer.toString(PAGE))
                    .addQueryParameter("page", Integer.toString(page))
                    .build();
            Answer answer = http.call(login, "GET", url, null);
            if (!answer.ok()) {
                return means(find, answer);
            }
            for (JsonNode each : answer.body()) {
                if (each.path("body").asText("").startsWith(marker)) {
                    if (login.app() == null && self == null) {
                        Answer user = http.call(
                                login,
                                "GET",
                                address.root().addPathSegment("user").build(),
                                null);
                        if (!user.ok()) {
                            return means(find, user);
                        }
                        self = user.id();
                    }
                    if (isOurs(each, self)) {
                        return CallOutcome.done(each.path("id").asLong());
                    }
                }
            }
            if (answer.body().size() < PAGE) {
                break;
            }
        }
        return CallOutcome.done(null);
    }

    private boolean isOurs(JsonNode comment, Long self) {
        JsonNode app = comment.path("performed_via_github_app");
        if (login.app() != null) {
            return app.path("id").asText().equals(login.app())
                    || app.path("client_id").asText().equals(login.app());
        }
        return self != null && self == comment.path("user").path("id").asLong();
    }
}
