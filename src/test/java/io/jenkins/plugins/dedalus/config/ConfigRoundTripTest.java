package io.jenkins.plugins.dedalus.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.util.FormValidation;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.htmlunit.html.HtmlForm;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class ConfigRoundTripTest {
    @Test
    void untouchedDefaultsSurviveTheForm(JenkinsRule r) throws Exception {
        r.configRoundtrip();

        DedalusGlobalConfiguration saved = new DedalusGlobalConfiguration();
        assertThat(saved.getApiUrl()).isEqualTo("https://dcs.dedaluslabs.ai");
        assertThat(saved.getCredentialsId()).isNull();
        assertThat(saved.getListener()).isNull();
        assertThat(saved.getPublicUrl()).isNull();
        assertThat(saved.getViewerKeyCredentialsId()).isNull();
        assertThat(saved.getViewerAccess()).isEqualTo("public");
        assertThat(saved.isForksAllowed()).isFalse();
        assertThat(saved.getMaxMachines()).isZero();
        assertThat(saved.unconfirmedGrace()).isEqualTo(Duration.ofDays(7));
        assertThat(saved.getDefaults().isEmpty()).isTrue();
    }

    @Test
    void everySettingSurvivesTheForm(JenkinsRule r) throws Exception {
        Keys.global("api", "key");
        Keys.global("viewer", "other-key");
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        settings.setApiUrl("http://127.0.0.1:7070/");
        settings.setCredentialsId("api");
        settings.setOrganizationId("123e4567-e89b-42d3-a456-426614174000");
        settings.setViewerKeyCredentialsId("viewer");
        PreviewDefaults defaults = new PreviewDefaults();
        defaults.setVcpu("0.5");
        defaults.setMemoryMib(4096);
        defaults.setStorageGib(20);
        defaults.setAutosleep("15m");
        defaults.setPort(8080);
        defaults.setVisibility("org");
        settings.setDefaults(defaults);
        settings.setClosedGrace("0");
        settings.setUnconfirmedGrace("3d");
        settings.setForksAllowed(true);
        settings.setPublicUrl("https://{preview}.previews.example.net");
        settings.setViewerAccess("jenkins");
        settings.setUpstreamAllowList(".dedaluslabs.ai, .example.org");
        ListenerConfiguration listener = new ListenerConfiguration();
        listener.setPort(0);
        listener.setTrustedProxies("127.0.0.1, 10.0.0.0/8");
        listener.setResponseLimit("20m");
        listener.setIdleLimit("0");
        settings.setListener(listener);
        settings.setReconcileMinutes(30);
        settings.setMaxMachines(40);
        settings.save();
        Path file = r.jenkins.getRootDir().toPath().resolve(DedalusGlobalConfiguration.class.getName() + ".xml");
        String before = Files.readString(file);

        r.configRoundtrip();

        assertThat(Files.readString(file)).isEqualTo(before);
        DedalusGlobalConfiguration saved = new DedalusGlobalConfiguration();
        assertThat(saved.getApiUrl()).isEqualTo("http://127.0.0.1:7070");
        assertThat(saved.getMaxMachines()).isEqualTo(40);
        assertThat(saved.getUpstreamAllowList()).isEqualTo(".dedaluslabs.ai .example.org");
        assertThat(saved.getDefaults().getVcpu()).isEqualTo("0.5");
        assertThat(saved.getListener().getTrustedProxies()).isEqualTo("127.0.0.1 10.0.0.0/8");
        assertThat(saved.getListener().getResponseLimit()).isEqualTo("20m");
        assertThat(saved.getListener().getIdleLimit()).isEqualTo("0");
    }

    @Test
    void aFolderOverridesWhatItNamesAndInheritsTheRest(JenkinsRule r) throws Exception {
        PreviewDefaults global = new PreviewDefaults();
        global.setMemoryMib(4096);
        global.setAutosleep("1h");
        DedalusGlobalConfiguration.get().setDefaults(global);
        DedalusGlobalConfiguration.get().save();
        Folder team = r.jenkins.createProject(Folder.class, "team");
        Keys.folder(team, "team-key", "key");
        Folder app = team.createProject(Folder.class, "app");
        DedalusFolderProperty property = new DedalusFolderProperty();
        property.setCredentialsId("team-key");
        PreviewDefaults defaults = new PreviewDefaults();
        defaults.setMemoryMib(8192);
        property.setDefaults(defaults);
        property.setAllowedJobs(" qa/end-to-end/* \n\nqa/**/smoke tests ");
        property.setMaxMachines(3);
        team.addProperty(property);
        DedalusFolderProperty inner = new DedalusFolderProperty();
        PreviewDefaults innerDefaults = new PreviewDefaults();
        innerDefaults.setPort(9000);
        inner.setDefaults(innerDefaults);
        app.addProperty(inner);

        r.configRoundtrip(team);
        r.configRoundtrip(app);

        assertThat(team.getProperties().get(DedalusFolderProperty.class).getAllowedJobs())
                .isEqualTo("qa/end-to-end/*\nqa/**/smoke tests");
        assertThat(team.getProperties().get(DedalusFolderProperty.class).getMaxMachines())
                .isEqualTo(3);
        assertThat(app.getProperties().get(DedalusFolderProperty.class).getMaxMachines())
                .isNull();
        PreviewSpec spec = PreviewDefaults.specFor(app).build();
        assertThat(spec.memoryMib()).isEqualTo(8192);
        assertThat(spec.autosleep().format()).isEqualTo("1h");
        assertThat(spec.mainPort().port()).isEqualTo(9000);
        assertThat(spec.vcpu()).isEqualTo(1);
        assertThat(Account.of(app)).isEqualTo(new Account("team-key", "team"));
        assertThat(PreviewDefaults.specFor(null).build().memoryMib()).isEqualTo(4096);
    }

    @Test
    void anEmptiedBoxTakesTheLimitAway(JenkinsRule r) throws Exception {
        DedalusGlobalConfiguration.get().setMaxMachines(10);
        DedalusGlobalConfiguration.get().save();
        HtmlForm form = r.createWebClient().goTo("configure").getFormByName("config");
        form.getInputByName("_.maxMachines").setValue("");

        r.submit(form);

        assertThat(DedalusGlobalConfiguration.get().getMaxMachines()).isZero();
    }

    @Test
    void theFormWarnsOfALimitThatHasNoEffect(JenkinsRule r) throws Exception {
        DedalusGlobalConfiguration.get().setMaxMachines(10);
        DedalusGlobalConfiguration.get().save();
        Folder team = r.jenkins.createProject(Folder.class, "team");
        DedalusFolderProperty property = new DedalusFolderProperty();
        property.setMaxMachines(3);
        team.addProperty(property);
        Folder app = team.createProject(Folder.class, "app");
        DedalusFolderProperty.DescriptorImpl descriptor =
                r.jenkins.getDescriptorByType(DedalusFolderProperty.DescriptorImpl.class);

        assertThat(descriptor.doCheckMaxMachines(app, "3").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(descriptor.doCheckMaxMachines(app, "").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(descriptor.doCheckMaxMachines(app, "4"))
                .hasMessageContaining("allows no more than 3")
                .extracting(checked -> checked.kind)
                .isEqualTo(FormValidation.Kind.WARNING);
        assertThat(descriptor.doCheckMaxMachines(team, "10").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(descriptor.doCheckMaxMachines(team, "11").kind).isEqualTo(FormValidation.Kind.WARNING);
        assertThat(descriptor.doCheckMaxMachines(team, "-1").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(descriptor.doCheckMaxMachines(team, "many").kind).isEqualTo(FormValidation.Kind.ERROR);
    }

    @Test
    void aFolderThatOverridesNothingKeepsNoProperty(JenkinsRule r) throws Exception {
        Folder folder = r.jenkins.createProject(Folder.class, "plain");

        r.configRoundtrip(folder);

        assertThat(folder.getProperties().get(DedalusFolderProperty.class)).isNull();
        assertThat(Account.of(folder)).isEqualTo(Account.GLOBAL);
    }

    @Test
    void aFolderCanNeverNameTheApi(JenkinsRule r) throws Exception {
        Folder folder = r.jenkins.createProject(Folder.class, "folder");
        HtmlForm form = r.createWebClient().getPage(folder, "configure").getFormByName("config");

        assertThat(form.getInputsByName("_.apiUrl")).isEmpty();
        assertThat(DedalusFolderProperty.class.getMethods())
                .extracting(java.lang.reflect.Method::getName)
                .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("url"));
    }
}
