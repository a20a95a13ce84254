package io.jenkins.plugins.dedalus.monitors;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.domains.Domain;
import hudson.ExtensionList;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.Secret;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.PermissionException;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.config.Account;
import io.jenkins.plugins.dedalus.config.ApiCredentials;
import io.jenkins.plugins.dedalus.config.DedalusFolderProperty;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.InvalidSettingException;
import io.jenkins.plugins.dedalus.config.Keys;
import io.jenkins.plugins.dedalus.config.Records;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.net.URL;
import jenkins.model.Jenkins;
import jenkins.model.JenkinsLocationConfiguration;
import org.assertj.core.api.Assertions;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class MonitorsTest {
    private final PreviewKey key = PreviewKey.of("github.com/acme/shop", "7");

    @Test
    void eachDangerHasItsMonitor(JenkinsRule r) throws Exception {
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        JenkinsLocationConfiguration location = JenkinsLocationConfiguration.get();
        assertThat(sentences(Monitors.NoCredentials.class)).contains("the global account", "Secret text");
        assertThat(sentences(Monitors.SharedSite.class)).isEqualTo("[]");
        assertThat(sentences(Monitors.Trouble.class)).isEqualTo("[]");
        HtmlPage manage = r.createWebClient().goTo("manage");
        assertThat(manage.asNormalizedText()).contains("The API credentials of the global account are missing");

        Keys.global(CredentialsScope.SYSTEM, "api", "key");
        settings.setCredentialsId("api");
        settings.save();
        assertThat(sentences(Monitors.NoCredentials.class)).isEqualTo("[]");

        location.setUrl(null);
        assertThat(sentences(Monitors.NoJenkinsUrl.class)).contains("own URL");
        location.setUrl("https://jenkins.example.com/");
        assertThat(sentences(Monitors.NoJenkinsUrl.class)).isEqualTo("[]");

        assertThat(sharedSite("https://{preview}.previews.example.net")).isEqualTo("[]");
        assertThat(sharedSite("https://{preview}.previews.example.com")).contains("one site to browsers");
        assertThat(sharedSite("https://{preview}.jenkins.example.com")).contains("in the name of Jenkins");
        assertThat(sharedSite("https://{preview}.example.com")).contains("in the name of Jenkins");
        location.setUrl("https://jenkins.acme.co.uk/");
        assertThat(sharedSite("https://{preview}.other.co.uk")).isEqualTo("[]");
        assertThat(sharedSite("https://{preview}.acme.co.uk")).contains("in the name of Jenkins");
        location.setUrl("http://localhost:8080/jenkins/");
        assertThat(sharedSite("http://{preview}.previews.localhost")).isEqualTo("[]");

        settings.setPublicUrl("http://{preview}.previews.example.net");
        settings.save();
        assertThat(sentences(Monitors.NoHttps.class)).isEqualTo("[]");
        settings.setViewerAccess("jenkins");
        settings.save();
        assertThat(sentences(Monitors.NoHttps.class)).contains("Use https");
        settings.setPublicUrl("https://{preview}.previews.example.net");
        settings.save();
        assertThat(sentences(Monitors.NoHttps.class)).isEqualTo("[]");

        settings.setViewerKeyCredentialsId("gone");
        settings.save();
        assertThat(sentences(Monitors.NoCredentials.class)).contains("'gone'", "viewer key");
    }

    @Test
    void refusalsAreSeenAndForgottenWhenTheKeyIsPutRight(JenkinsRule r) throws Exception {
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            use(emulator, "dsk-wrong");
            PreviewEngines service = PreviewEngines.get();

            Assertions.assertThatThrownBy(() -> service.client(key).machines().listAll(RequestOptions.none()))
                    .hasMessageNotContaining("dsk-wrong");
            assertThat(sentences(Monitors.Refused.class)).contains("the global account", "401");

            Keys.global("api", emulator.apiKey());
            assertThat(service.client(key).machines().listAll(RequestOptions.none()))
                    .isEmpty();
            assertThat(sentences(Monitors.Refused.class)).isEqualTo("[]");
        }
    }

    @Test
    void theGlobalKeyStandsInForADeletedFolderButItsNotFoundIsNotBelieved(JenkinsRule r) throws Exception {
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            use(emulator, emulator.apiKey());
            PreviewEngines service = PreviewEngines.get();
            Folder folder = r.jenkins.createProject(Folder.class, "team");
            Keys.folder(folder, "team-key", "dsk-team");
            DedalusFolderProperty property = new DedalusFolderProperty();
            property.setCredentialsId("team-key");
            folder.addProperty(property);
            service.lifecycle(key, folder);
            Records.put(service.accounts().get(1).ledger(), key, "dm-elsewhere", "http://127.0.0.1:1/");
            assertThat(service.account(key, null)).isEqualTo(new Account("team-key", "team"));
            assertThat(service.records()).hasSize(1);

            folder.renameTo("crew");
            assertThat(service.account(key, null)).isEqualTo(new Account("team-key", "crew"));
            assertThat(sentences(Monitors.Trouble.class)).isEqualTo("[]");

            folder.delete();
            Assertions.assertThatThrownBy(
                            () -> service.client(key).machines().get("dm-elsewhere", RequestOptions.none()))
                    .isInstanceOf(PermissionException.class)
                    .hasMessageContaining("crew");
            assertThat(service.client(key).machines().listAll(RequestOptions.none()))
                    .isEmpty();
            Assertions.assertThatThrownBy(() -> service.client(key)
                            .machines()
                            .create(new MachineCreate(1, 1024, 10, "5m"), RequestOptions.none()))
                    .isInstanceOf(PermissionException.class)
                    .hasMessageContaining("no new machine");
            assertThat(emulator.machines()).isEmpty();
            assertThat(sentences(Monitors.Trouble.class)).contains("crew", "are kept", key.id());
            assertThat(service.records()).hasSize(1);
        }
    }

    @Test
    void credentialsOfAUserAreNeverFound(JenkinsRule r) throws Exception {
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        User alice = User.getById("alice", true);
        try (ACLContext ignored = ACL.as(alice)) {
            CredentialsProvider.lookupStores(alice)
                    .iterator()
                    .next()
                    .addCredentials(
                            Domain.global(),
                            new StringCredentialsImpl(
                                    CredentialsScope.USER, "mine", "mine", Secret.fromString("dsk-alice")));
            assertThat(ApiCredentials.find("mine", null)).isEmpty();
            assertThat(ApiCredentials.find("mine", r.createFreeStyleProject())).isEmpty();
        }
        Assertions.assertThatThrownBy(() -> DedalusGlobalConfiguration.get().setCredentialsId("${KEY}"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("build parameter");
    }

    @Test
    void onlyAdministratorsActOnMonitors(JenkinsRule r) throws Exception {
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ)
                .everywhere()
                .to("reader"));
        r.jenkins.setCrumbIssuer(null);
        Monitors.NoCredentials monitor = ExtensionList.lookupSingleton(Monitors.NoCredentials.class);
        WebRequest act = new WebRequest(new URL(r.getURL(), monitor.getUrl() + "/act?dismiss=1"), HttpMethod.POST);
        JenkinsRule.WebClient client =
                r.createWebClient().withThrowExceptionOnFailingStatusCode(false).withJavaScriptEnabled(false);

        client.login("reader");
        assertThat(client.getPage(act).getWebResponse().getStatusCode()).isEqualTo(403);
        assertThat(monitor.isEnabled()).isTrue();

        client.login("admin");
        act.setHttpMethod(HttpMethod.GET);
        assertThat(client.getPage(act).getWebResponse().getStatusCode()).isIn(404, 405);
        assertThat(monitor.isEnabled()).isTrue();
        act.setHttpMethod(HttpMethod.POST);
        client.getPage(act);
        assertThat(monitor.isEnabled()).isFalse();
    }

    private static void use(Emulator emulator, String secret) throws Exception {
        Keys.global("api", secret);
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        settings.setApiUrl(emulator.baseUrl().toString());
        settings.setCredentialsId("api");
        settings.save();
    }

    private static String sharedSite(String pattern) {
        DedalusGlobalConfiguration.get().setPublicUrl(pattern);
        DedalusGlobalConfiguration.get().save();
        return sentences(Monitors.SharedSite.class);
    }

    private static String sentences(Class<? extends DedalusMonitor> type) {
        DedalusMonitor monitor = ExtensionList.lookupSingleton(type);
        if (monitor instanceof LookedUpMonitor kept) {
            // As if the minute were over.
            kept.refresh().join();
        }
        return monitor.getSentences().toString();
    }
}
