package io.jenkins.plugins.dedalus.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Item;
import hudson.model.User;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import java.lang.reflect.Method;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.util.NameValuePair;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.springframework.security.core.Authentication;

/** What the forms ask the server: bad values, the connection test, and who may ask. */
@WithJenkins
class WebMethodsTest {
    @Test
    void nobodyAsksWithoutPermissionOrByGet(JenkinsRule r) throws Exception {
        Keys.global("api-secret-id", "key");
        Folder folder = r.jenkins.createProject(Folder.class, "folder");
        secure(r);
        JenkinsRule.WebClient reader = client(r, "reader");
        JenkinsRule.WebClient admin = client(r, "admin");
        for (Class<?> descriptor : List.of(
                DedalusGlobalConfiguration.class,
                ListenerConfiguration.DescriptorImpl.class,
                PreviewDefaults.DescriptorImpl.class,
                DedalusFolderProperty.DescriptorImpl.class)) {
            for (String method : webMethods(descriptor)) {
                for (String where : List.of("", folder.getUrl())) {
                    String url = where + "descriptorByName/"
                            + descriptor.getName().replace("$DescriptorImpl", "") + "/" + method;
                    check(r, reader, admin, url, method);
                }
            }
        }
    }

    @Test
    void whoeverMayOnlyLookGetsTheFormsWithoutComplaints(JenkinsRule r) throws Exception {
        boolean systemRead = Jenkins.SYSTEM_READ.getEnabled();
        boolean extendedRead = Item.EXTENDED_READ.getEnabled();
        Jenkins.SYSTEM_READ.setEnabled(true);
        Item.EXTENDED_READ.setEnabled(true);
        try {
            Folder folder = r.jenkins.createProject(Folder.class, "folder");
            secure(r);
            JenkinsRule.WebClient auditor = client(r, "auditor");
            String global = "descriptorByName/" + DedalusGlobalConfiguration.class.getName() + "/";
            String ofFolder = folder.getUrl() + "descriptorByName/" + PreviewDefaults.class.getName() + "/";

            for (String url : List.of(global + "checkApiUrl", global + "checkCredentialsId", ofFolder + "checkPort")) {
                assertThat(post(r, auditor, url, "bad value").getWebResponse().getContentAsString())
                        .as(url)
                        .isEqualTo("<div/>");
            }
            assertThat(post(r, client(r, "admin"), global + "checkApiUrl", "bad value")
                            .getWebResponse()
                            .getContentAsString())
                    .isNotEqualTo("<div/>");
            assertThat(post(r, auditor, global + "testConnection")
                            .getWebResponse()
                            .getStatusCode())
                    .isEqualTo(403);
            HtmlPage form = auditor.goTo("manage/configure");
            assertThat(form.getBody().getTextContent()).contains("API URL").doesNotContain("Test connection");
        } finally {
            Jenkins.SYSTEM_READ.setEnabled(systemRead);
            Item.EXTENDED_READ.setEnabled(extendedRead);
        }
    }

    private static void check(
            JenkinsRule r, JenkinsRule.WebClient reader, JenkinsRule.WebClient admin, String url, String method)
            throws Exception {
        Page asReader = post(r, reader, url);
        if (method.endsWith("CredentialsIdItems")) {
            assertThat(asReader.getWebResponse().getContentAsString()).as(url).doesNotContain("api-secret-id");
        } else {
            assertThat(asReader.getWebResponse().getStatusCode())
                    .as(url + " as reader")
                    .isEqualTo(403);
        }
        int byGet = admin.goTo(url, null).getWebResponse().getStatusCode();
        assertThat(byGet).as(url + " by GET").isIn(404, 405);
        assertThat(post(r, admin, url).getWebResponse().getStatusCode())
                .as(url + " as admin")
                .isEqualTo(200);
    }

    private static List<String> webMethods(Class<?> descriptor) {
        List<String> names = new ArrayList<>();
        for (Method method : descriptor.getMethods()) {
            boolean ours = method.getDeclaringClass().getName().startsWith("io.jenkins.plugins.dedalus");
            if (ours && method.getName().matches("do[A-Z].*")) {
                names.add(method.getName().substring(2, 3).toLowerCase(Locale.ROOT)
                        + method.getName().substring(3));
            }
        }
        assertThat(names).isNotEmpty();
        return names;
    }

    @Test
    void theConnectionTestSaysWhatIsThereOrWhatIsWrong(JenkinsRule r) throws Exception {
        r.jenkins.setCrumbIssuer(null);
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            String url = emulator.baseUrl().toString();
            Keys.global("good", emulator.apiKey());
            Keys.global("bad", "dsk-wrong-key");

            assertThat(connection(r, url, "")).contains("No credentials are chosen");
            assertThat(connection(r, url, "nowhere")).contains("no Secret text credentials", "nowhere");
            assertThat(connection(r, "http://example.com", "good"))
                    .contains("apiUrl")
                    .doesNotContain("key=");
            assertThat(connection(r, url, "good")).contains("accepts the key", "no machines yet");

            DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
            settings.setApiUrl(url);
            settings.setCredentialsId("good");
            settings.save();
            Machines.create(emulator, 2);
            assertThat(connection(r, url, "good")).contains("Machines in the account: 2", "2 running");

            assertThat(connection(r, url, "bad"))
                    .contains("doesn", "401")
                    .doesNotContain("dsk-wrong-key")
                    .doesNotContain("Exception");
            emulator.faults().add(Fault.api(1, "GET", "/v1/machines", 503, "DEPENDENCY_UNAVAILABLE", 0));
            assertThat(connection(r, url, "good")).contains("503");
            emulator.close();
            assertThat(connection(r, url, "good")).contains("doesn").doesNotContain("Exception");
        }
    }

    private static String connection(JenkinsRule r, String url, String credentials) throws Exception {
        JenkinsRule.WebClient client = r.createWebClient().withThrowExceptionOnFailingStatusCode(false);
        WebRequest request = new WebRequest(
                new URL(
                        r.getURL(),
                        "descriptorByName/" + DedalusGlobalConfiguration.class.getName() + "/testConnection"),
                HttpMethod.POST);
        request.setRequestParameters(List.of(
                new NameValuePair("apiUrl", url),
                new NameValuePair("credentialsId", credentials),
                new NameValuePair("organizationId", "")));
        return client.getPage(request).getWebResponse().getContentAsString();
    }

    @Test
    void aBadValueInTheFormIsNamedAndNothingIsSaved(JenkinsRule r) throws Exception {
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        for (String[] bad : new String[][] {
            {"_.reconcileMinutes", "1441", "reconcileMinutes is '1441'"},
            {"_.memoryMib", "lots", "memoryMib is 'lots'"},
            {"_.vcpu", "0.1", "vcpu is 0.1"},
            {"_.apiUrl", "ftp://example.com", "apiUrl"},
            {"_.closedGrace", "8d", "unconfirmedGrace is 7d"},
            {"_.publicUrl", "https://example.net", "publicUrl"}
        }) {
            JenkinsRule.WebClient client = r.createWebClient().withThrowExceptionOnFailingStatusCode(false);
            HtmlForm form = client.goTo("manage/configure").getFormByName("config");
            form.getInputByName(bad[0]).setValue(bad[1]);
            form.getInputByName("_.organizationId").setValue("123e4567-e89b-42d3-a456-426614174000");

            HtmlPage answer = r.submit(form);

            assertThat(answer.getWebResponse().getContentAsString())
                    .as(String.join(" ", bad))
                    .contains(bad[2])
                    .doesNotContain("Stack trace")
                    .doesNotContain("at io.jenkins");
            assertThat(settings.getOrganizationId())
                    .as("nothing was taken over")
                    .isNull();
            assertThat(new DedalusGlobalConfiguration().getOrganizationId()).isNull();
        }
    }

    @Test
    void buildersWakeAndConfigurersManage(JenkinsRule r) throws Exception {
        Folder folder = r.jenkins.createProject(Folder.class, "folder");
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "builder", "waker", "configurer")
                .grant(Item.BUILD)
                .everywhere()
                .to("builder")
                .grant(Item.CONFIGURE)
                .everywhere()
                .to("configurer")
                .grant(DedalusPermissions.WAKE)
                .onItems(folder)
                .to("waker"));

        assertThat(may(folder, "reader")).containsExactly(false, false);
        assertThat(may(folder, "builder")).containsExactly(true, false);
        assertThat(may(folder, "waker")).containsExactly(true, false);
        assertThat(may(folder, "configurer")).containsExactly(false, true);
        assertThat(DedalusPermissions.GROUP.title.toString()).isEqualTo("Dedalus");
    }

    private static List<Boolean> may(Folder folder, String user) {
        Authentication who = User.getById(user, true).impersonate2();
        return List.of(
                folder.getACL().hasPermission2(who, DedalusPermissions.WAKE),
                folder.getACL().hasPermission2(who, DedalusPermissions.MANAGE));
    }

    private static void secure(JenkinsRule r) {
        r.jenkins.setSecurityRealm(r.createDummySecurityRealm());
        r.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Jenkins.SYSTEM_READ, Item.READ, Item.EXTENDED_READ)
                .everywhere()
                .to("auditor")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader"));
        r.jenkins.setCrumbIssuer(null);
    }

    private static JenkinsRule.WebClient client(JenkinsRule r, String user) throws Exception {
        return r.createWebClient()
                .withThrowExceptionOnFailingStatusCode(false)
                .withJavaScriptEnabled(false)
                .login(user);
    }

    private static Page post(JenkinsRule r, JenkinsRule.WebClient client, String url) throws Exception {
        return post(r, client, url, "");
    }

    private static Page post(JenkinsRule r, JenkinsRule.WebClient client, String url, String value) throws Exception {
        WebRequest request = new WebRequest(new URL(r.getURL(), url), HttpMethod.POST);
        request.setRequestParameters(
                Stream.of("value", "credentialsId", "viewerKeyCredentialsId", "apiUrl", "organizationId")
                        .map(name -> new NameValuePair(name, name.equals("value") ? value : ""))
                        .toList());
        return client.getPage(request);
    }
}
