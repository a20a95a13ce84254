package io.jenkins.plugins.dedalus.scm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.steps.World;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import jenkins.branch.BranchSource;
import org.jenkinsci.plugins.github.extension.GHSubscriberEvent;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.github_branch_source.OriginPullRequestDiscoveryTrait;
import org.jenkinsci.plugins.github_branch_source.PullRequestGHEventSubscriber;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.github.GHEvent;

/** A webhook that says "closed" is believed as far as GitHub's REST API agrees. */
@WithJenkins
class GitHubWebhookTest {
    private static final String LIMIT = "{\"limit\": 5000, \"remaining\": 4999, \"reset\": 4000000000}";
    private static final String RATE_LIMIT = "{\"resources\": {\"core\": " + LIMIT + ", \"search\": " + LIMIT
            + ", \"graphql\": " + LIMIT + ", \"integration_manifest\": " + LIMIT + "}}";

    /** Also what the API's own address answers, where the client looks for the rate limit's. */
    private static final String REPOSITORY = "{\"id\": 4, \"name\": \"shop\", \"full_name\": \"acme/shop\","
            + " \"owner\": {\"login\": \"acme\"}, \"rate_limit_url\": \"http://127.0.0.1/rate_limit\"}";

    private World world;
    private HttpServer github;
    private volatile String state = "open";
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private PreviewKey key;

    @BeforeEach
    void start(JenkinsRule r) throws Exception {
        world = World.startIn(r);
        github = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        github.createContext("/", this::answer);
        github.start();
        GitHubSCMSource.setEventDelaySeconds(0);
        WorkflowMultiBranchProject project = r.jenkins.createProject(WorkflowMultiBranchProject.class, "shop");
        GitHubSCMSource source = new GitHubSCMSource("acme", "shop", null, false);
        source.setApiUri("http://127.0.0.1:" + github.getAddress().getPort() + "/api/v3");
        source.setTraits(List.of(new OriginPullRequestDiscoveryTrait(2)));
        project.getSourcesList().add(new BranchSource(source));
        key = new PreviewKey(ChangeFinder.repository(project, source), "12", null);
        PreviewJobs.get().put(PreviewLink.of(key, "shop/PR-12", 1, 0, "PR-12"));
        ChangeContext change = new ChangeContext("12", "feature", null, null, "a".repeat(40), "main", false);
        PreviewSpec spec = PreviewSpec.builder().start(World.serve()).build();
        PreviewEngines.get()
                .lifecycle(key)
                .ensure(new PreviewRequest(key, spec, change, null, null, 1, null), ProgressListener.NONE)
                .result()
                .get(60, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        github.stop(0);
        world.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(path);
        String body = path.endsWith("/pulls/12")
                ? "{\"id\": 5, \"number\": 12, \"state\": \"" + state + "\"}"
                : path.endsWith("/rate_limit") ? RATE_LIMIT : REPOSITORY;
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void webhook(String action) {
        String repository = """
                {"id": 4, "name": "shop", "full_name": "acme/shop", "html_url": "http://127.0.0.1/acme/shop",
                 "owner": {"login": "acme", "type": "Organization"}}""";
        String payload = """
                {"action": "%s", "number": 12, "repository": %s, "sender": {"login": "alice"},
                 "pull_request": {"id": 5, "number": 12, "state": "closed", "title": "Say more",
                   "html_url": "http://127.0.0.1/acme/shop/pull/12", "user": {"login": "alice"},
                   "head": {"ref": "feature", "sha": "%s", "user": {"login": "acme"}, "repo": %s},
                   "base": {"ref": "main", "sha": "%s", "user": {"login": "acme"}, "repo": %s}}}
                """.formatted(action, repository, "a".repeat(40), repository, "b".repeat(40), repository);
        new PullRequestGHEventSubscriber() {
            void receive() {
                onEvent(new GHSubscriberEvent("test", GHEvent.PULL_REQUEST, payload));
            }
        }.receive();
    }

    private PreviewRecord awaitClosing(boolean confirmed) {
        await().atMost(Duration.ofMinutes(2)).until(() -> PreviewEngines.get()
                .record(key)
                .filter(record -> record.state() == PreviewState.CLOSING
                        && record.closing().confirmed() == confirmed)
                .isPresent());
        return PreviewEngines.get().record(key).orElseThrow();
    }

    @Test
    void whenGitHubSaysClosedToo() {
        state = "closed";
        webhook("closed");
        assertThat(awaitClosing(true).closing().reason())
                .contains("Change request 12 of 127.0.0.1/acme/shop is closed.");
    }

    @Test
    void whenGitHubSaysOpenTheMachineOnlySleeps() {
        webhook("closed");
        awaitClosing(false);
        await().until(() -> asked.stream().anyMatch(path -> path.endsWith("/pulls/12")));
        assertThat(awaitClosing(false).closing().confirmed()).isFalse();
    }

    @Test
    void otherEventsCloseNothing() {
        webhook("synchronize");
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        // The reconciliation may have missed the job meanwhile, which was never there.
        PreviewRecord record = PreviewEngines.get().record(key).orElseThrow();
        assertThat(record.closing() == null || !record.closing().reason().contains("was removed"))
                .isTrue();
    }
}
