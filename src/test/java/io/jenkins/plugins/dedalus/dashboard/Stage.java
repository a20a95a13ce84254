package io.jenkins.plugins.dedalus.dashboard;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.DedalusPermissions;
import io.jenkins.plugins.dedalus.config.Keys;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecordBuilder;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import java.io.IOException;
import java.net.URL;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** A Jenkins with an emulated Dedalus, four kinds of users, and previews whose machines exist but serve nothing. */
public final class Stage implements AutoCloseable {
    private static final Pattern WAY_OUT = Pattern.compile("data-redirect-url=['\"]([^'\"]+)");
    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    public final JenkinsRule r;
    public final Emulator emulator;
    public final DedalusClient client;

    public Stage(JenkinsRule r) throws Exception {
        this.r = r;
        emulator = Emulator.start(EmulatorConfig.defaults());
        client = DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .build();
        Keys.global("api", emulator.apiKey());
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        settings.setApiUrl(emulator.baseUrl().toString());
        settings.setCredentialsId("api");
        settings.save();
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
    }

    /** Administrator admin, developer dev, reader reader on this job alone, router; stranger only reads Jenkins. */
    public void users(Item job) {
        r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ)
                .everywhere()
                .to("reader", "dev", "manager", "stranger", "router")
                .grant(Item.READ)
                .onItems(job)
                .to("reader", "dev", "manager")
                .grant(DedalusPermissions.WAKE)
                .onItems(job)
                .to("dev", "manager")
                .grant(DedalusPermissions.MANAGE, Item.BUILD)
                .onItems(job)
                .to("manager")
                .grant(DedalusPermissions.ROUTE)
                .onRoot()
                .to("router"));
    }

    public void publicUrl(String pattern, String access) {
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        settings.setPublicUrl(pattern);
        settings.setViewerAccess(access);
        settings.save();
    }

    public FreeStyleProject job(String name) throws Exception {
        return r.createFreeStyleProject(name);
    }

    /** A ready preview of a job, with a running machine. */
    public PreviewRecord preview(FreeStyleProject job, String change, String branch) throws Exception {
        PreviewKey key = PreviewKey.of("github.com/acme/shop", change);
        PreviewJobs.get().ask(key, r.buildAndAssertSuccess(job), null);
        return put(key, machine(), branch);
    }

    public static PreviewRecord put(PreviewKey key, String machineId, String branch) {
        Instant now = Instant.now().minusSeconds(600);
        PreviewRecord record = new PreviewRecordBuilder(key)
                .label(key.id())
                .state(PreviewState.READY)
                .order(1)
                .serving(COMMIT, "digest", now)
                .change(new ChangeContext(
                        key.changeId(),
                        branch,
                        "https://github.com/acme/shop/pull/" + key.changeId(),
                        null,
                        COMMIT,
                        "main",
                        false))
                .machine(new MachineInfo(machineId, 1, 2048, 10, "5m", now))
                .port(new ExposedPort(
                        "web",
                        3000,
                        key.id(),
                        "pv-" + key.changeId(),
                        "http://127.0.0.1:9/" + key.id(),
                        Protocol.HTTP,
                        Visibility.PUBLIC))
                .createdAt(now)
                .updatedAt(now)
                .build();
        PreviewEngines.get().ledger(key).put(record);
        return record;
    }

    public String machine() {
        Machine machine = client.machines().create(new MachineCreate(1, 1024, 10, "5m"), RequestOptions.none());
        awaitPhase(machine.machineId(), MachinePhase.RUNNING);
        return machine.machineId();
    }

    public void awaitPhase(String machineId, MachinePhase phase) {
        Awaitility.await().until(() -> client.machines()
                .get(machineId, RequestOptions.none())
                .phase()
                .equals(phase));
    }

    public JenkinsRule.WebClient as(String user) throws Exception {
        JenkinsRule.WebClient web = r.createWebClient().withThrowExceptionOnFailingStatusCode(false);
        web.getOptions().setRedirectEnabled(false);
        web.getOptions().setJavaScriptEnabled(false);
        web.setRefreshHandler((page, url, seconds) -> {});
        return user == null ? web : web.withBasicApiToken(user);
    }

    public Page get(String user, String path) throws Exception {
        return as(user).getPage(new URL(r.getURL(), path));
    }

    public int status(String user, String path) throws Exception {
        return get(user, path).getWebResponse().getStatusCode();
    }

    public Page post(String user, String path, String body) throws Exception {
        WebRequest request = new WebRequest(new URL(r.getURL(), path), HttpMethod.POST);
        if (body != null) {
            request.setAdditionalHeader("Content-Type", "application/json");
            request.setRequestBody(body);
        }
        return as(user).getPage(request);
    }

    /** Where a page that leads out of Jenkins leads to. */
    public static String wayOut(String page) {
        Matcher address = WAY_OUT.matcher(page);
        if (!address.find()) {
            throw new AssertionError("It leads nowhere: " + page);
        }
        return address.group(1).replace("&amp;", "&");
    }

    public static List<String> people() {
        return java.util.Arrays.asList(null, "stranger", "reader", "dev", "manager", "admin", "router");
    }

    @Override
    public void close() throws IOException {
        client.close();
        emulator.close();
    }
}
