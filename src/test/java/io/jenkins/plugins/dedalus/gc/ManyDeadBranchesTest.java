package io.jenkins.plugins.dedalus.gc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.config.Records;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.scm.Links;
import io.jenkins.plugins.dedalus.scm.PreviewLink;
import io.jenkins.plugins.dedalus.steps.World;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jenkins.branch.BranchSource;
import org.jenkinsci.plugins.github_branch_source.GitHubSCMSource;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** An empty listing makes five hundred branches look dead at once: what that asks of GitHub, and of Jenkins. */
@WithJenkins
class ManyDeadBranchesTest {
    private static final Logger LOGGER = Logger.getLogger(ManyDeadBranchesTest.class.getName());
    private static final int BRANCHES = 500;
    private static final int PAGE = 100;
    private static final Pattern PULLS = Pattern.compile(".*/repos/acme/shop/pulls");
    private static final String LIMIT = "{\"limit\": 5000, \"remaining\": 4999, \"reset\": 4000000000}";
    private static final String RATE_LIMIT = "{\"resources\": {\"core\": " + LIMIT + ", \"search\": " + LIMIT
            + ", \"graphql\": " + LIMIT + ", \"integration_manifest\": " + LIMIT + "}}";
    private static final String REPOSITORY = "{\"id\": 4, \"name\": \"shop\", \"full_name\": \"acme/shop\","
            + " \"owner\": {\"login\": \"acme\"}, \"rate_limit_url\": \"http://127.0.0.1/rate_limit\"}";

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile int closedFrom = BRANCHES + 1;
    private World world;
    private HttpServer github;
    private String host;
    private WorkflowMultiBranchProject project;

    @BeforeEach
    void start(JenkinsRule r) throws Exception {
        world = World.startIn(r);
        github = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        github.setExecutor(threads);
        github.createContext("/", this::answer);
        github.start();
        host = "127.0.0.1:" + github.getAddress().getPort();
        project = r.jenkins.createProject(WorkflowMultiBranchProject.class, "shop");
        GitHubSCMSource source = new GitHubSCMSource("acme", "shop", null, false);
        source.setApiUri("http://" + host + "/api/v3");
        project.getSourcesList().add(new BranchSource(source));
    }

    @AfterEach
    void stop() {
        github.stop(0);
        threads.shutdownNow();
        world.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        try {
            asked.add(exchange.getRequestURI().toString());
            byte[] body = body(exchange).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } finally {
            atOnce.decrementAndGet();
            exchange.close();
        }
    }

    private String body(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        if (path.endsWith("/rate_limit")) {
            return RATE_LIMIT;
        }
        if (PULLS.matcher(path).matches()) {
            return pulls(exchange, String.valueOf(exchange.getRequestURI().getQuery()));
        }
        Matcher single = Pattern.compile(".*/pulls/(\\d+)").matcher(path);
        return single.matches() ? pull(Integer.parseInt(single.group(1))) : REPOSITORY;
    }

    private String pulls(HttpExchange exchange, String query) {
        boolean closed = query.contains("state=closed");
        List<Integer> all = IntStream.rangeClosed(1, BRANCHES)
                .filter(number -> number >= closedFrom == closed)
                .boxed()
                .toList();
        Matcher asks = Pattern.compile("(?:^|&)page=(\\d+)").matcher(query);
        int page = asks.find() ? Integer.parseInt(asks.group(1)) : 1;
        if (page * PAGE < all.size()) {
            String next = exchange.getRequestURI().getPath() + "?state=" + (closed ? "closed" : "open")
                    + "&per_page=100&page=" + (page + 1);
            exchange.getResponseHeaders().add("Link", "<http://" + host + next + ">; rel=\"next\"");
        }
        return all.stream()
                .skip((page - 1L) * PAGE)
                .limit(PAGE)
                .map(this::pull)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String pull(int number) {
        return "{\"id\": " + number + ", \"number\": " + number + ", \"state\": \""
                + (number >= closedFrom ? "closed" : "open") + "\"}";
    }

    private List<PreviewLink> previews() {
        List<PreviewLink> links = new ArrayList<>();
        for (int number = 1; number <= BRANCHES; number++) {
            PreviewKey key = Links.key(project, number);
            Records.put(PreviewEngines.get().ledger(key), key, "dm-" + number, "http://127.0.0.1:9/");
            links.add(Links.put(key, "shop/PR-" + number, "PR-" + number));
        }
        return links;
    }

    private void allDead(List<PreviewLink> links) throws Exception {
        links.forEach(link -> Closings.suspected(link, "Its branch was not found any more.", false));
        int busy = (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("dedalus-scm"))
                .count();
        assertThat(busy).as("threads that ask").isLessThanOrEqualTo(2);
        ChangeQuestions.get().awaitIdle(Duration.ofMinutes(2));
        LOGGER.info(
                () -> BRANCHES + " dead branches: " + asked.size() + " calls, " + mostAtOnce + " at once: " + asked);
        assertThat(asked.size()).as("calls %s", asked).isLessThanOrEqualTo(10);
        assertThat(mostAtOnce.get()).as("calls at once").isLessThanOrEqualTo(2);
    }

    private static long confirmed() {
        return PreviewEngines.get().records().stream()
                        .filter(record ->
                                record.closing() != null && record.closing().confirmed())
                        .count()
                + PreviewEngines.get().closedRecords().size();
    }

    @Test
    void openOnesAreFoundInFiveCallsAndNothingIsConfirmed() throws Exception {
        allDead(previews());
        assertThat(confirmed()).isZero();
    }

    @Test
    void closedOnesAreFoundInTheirListAndConfirmed() throws Exception {
        closedFrom = 101;
        allDead(previews());
        org.awaitility.Awaitility.await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(confirmed())
                .isEqualTo(400));
    }
}
