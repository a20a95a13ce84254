package io.jenkins.plugins.dedalus.github;

import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;

import com.cloudbees.hudson.plugins.folder.computed.DefaultOrphanedItemStrategy;
import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import com.fasterxml.jackson.databind.JsonNode;
import hudson.model.Queue;
import hudson.util.Secret;
import io.jenkins.plugins.dedalus.github.publish.FakeGitHub;
import io.jenkins.plugins.dedalus.steps.World;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import jenkins.branch.BranchSource;
import jenkins.scm.api.trait.SCMSourceTrait;
import org.jenkinsci.plugins.github_branch_source.ForkPullRequestDiscoveryTrait;
import org.jenkinsci.plugins.github_branch_source.GitHubAppCredentials;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.github_branch_source.OriginPullRequestDiscoveryTrait;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.jvnet.hudson.test.JenkinsRule;

/** A Jenkins with an emulated Dedalus and a multibranch project of a GitHub Enterprise's repository. */
public abstract class GitHubFixture {
    public static final String TOKENS = "/api/v3/app/installations/1/access_tokens";

    public JenkinsRule r;
    public World world;
    public FakeGitHub github;

    @BeforeEach
    public void start(JenkinsRule rule) throws Exception {
        r = rule;
        world = World.startIn(rule);
        github = new FakeGitHub();
        GitHubSCMSource.setEventDelaySeconds(0);
        GitHubSCMSource.setCacheSize(0);
    }

    @AfterEach
    public void stop() {
        github.close();
        world.close();
    }

    public static String jenkinsfile(String word) {
        return "dedalusPreview deploy: 'printf " + word + " > version', start: '" + World.serve() + "'\n";
    }

    private static void credentials(Credentials added) throws Exception {
        SystemCredentialsProvider.getInstance().getCredentials().add(added);
        SystemCredentialsProvider.getInstance().save();
    }

    public void app() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        GitHubAppCredentials app =
                new GitHubAppCredentials(CredentialsScope.GLOBAL, "github", "", "4711", Secret.fromString(key));
        app.setApiUri(github.api());
        credentials(app);
        github.answer("/api/v3/app", "{\"id\": 4711, \"slug\": \"previews\"}");
        github.answer("/api/v3/app/installations", """
                [{"id": 1, "account": {"login": "acme", "id": 1}, "access_tokens_url": "%s/app/installations/1/access_tokens",
                  "permissions": {"deployments": "write", "pull_requests": "write", "statuses": "write"}}]
                """.formatted(github.api()));
        github.server()
                .stubFor(post(TOKENS)
                        .willReturn(jsonResponse(
                                "{\"token\": \"ghs_installation\", \"expires_at\": \"2099-01-01T00:00:00Z\"}", 201)));
    }

    public static void token() throws Exception {
        credentials(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "github", "", "bot", "ghp_token"));
    }

    public WorkflowMultiBranchProject project(SCMSourceTrait... traits) throws Exception {
        WorkflowMultiBranchProject project = r.jenkins.createProject(WorkflowMultiBranchProject.class, "shop");
        GitHubSCMSource source = new GitHubSCMSource("acme", "shop", null, false);
        source.setApiUri(github.api());
        source.setCredentialsId("github");
        List<SCMSourceTrait> all = new ArrayList<>(List.of(traits));
        all.add(new OriginPullRequestDiscoveryTrait(2));
        all.add(new ForkPullRequestDiscoveryTrait(2, new ForkPullRequestDiscoveryTrait.TrustEveryone()));
        source.setTraits(all);
        project.getSourcesList().add(new BranchSource(source));
        project.setOrphanedItemStrategy(new DefaultOrphanedItemStrategy(true, "0", "0"));
        scan(project);
        return project;
    }

    public void scan(WorkflowMultiBranchProject project) throws Exception {
        Queue.Item scan = project.scheduleBuild2(0);
        if (scan != null) {
            scan.getFuture().get();
        }
        r.waitUntilNoActivity();
    }

    public WorkflowRun build(WorkflowMultiBranchProject project) throws Exception {
        return r.assertBuildStatusSuccess(project.getItem("PR-12").getLastBuild());
    }

    public static List<String> states(List<JsonNode> statuses) {
        return statuses.stream().map(each -> each.path("state").asText()).toList();
    }
}
