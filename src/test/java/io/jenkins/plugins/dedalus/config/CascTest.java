package io.jenkins.plugins.dedalus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.misc.Util;
import io.jenkins.plugins.casc.model.CNode;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.listener.ViewerListener;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.stapler.DataBoundSetter;

@WithJenkins
class CascTest {
    @TempDir
    Path directory;

    @Test
    void whatIsImportedIsExportedAgain(JenkinsRule r) throws Exception {
        String source =
                Objects.requireNonNull(CascTest.class.getResource("casc.yaml")).toString();
        ConfigurationAsCode.get().configure(source);

        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        assertThat(settings.getCredentialsId()).isEqualTo("dedalus-api-key");
        assertThat(settings.getDefaults().getVcpu()).isEqualTo("0.5");
        assertThat(settings.closedGrace()).isEqualTo(Duration.ofHours(12));
        assertThat(settings.getListener().getPort()).isZero();
        assertThat(settings.getMaxMachines()).isEqualTo(40);
        assertThat(settings.getMaxAwake()).isEqualTo(12);
        assertThat(settings.getWhenFull()).isEqualTo("wait");
        assertThat(PreviewEngines.get().available()).isTrue();
        await().until(() -> ViewerListener.get().listener().port().isPresent());

        CNode exported = Util.getUnclassifiedRoot(new io.jenkins.plugins.casc.ConfigurationContext(
                        io.jenkins.plugins.casc.ConfiguratorRegistry.get()))
                .get("dedalus");
        String wanted = section(source);
        assertThat(Util.toYamlString(exported).trim()).isEqualTo(wanted.trim());

        // What was exported is imported again, over other values.
        settings.setReconcileMinutes(5);
        settings.setMaxMachines(1);
        settings.setListener(null);
        settings.save();
        await().until(() -> ViewerListener.get().listener().port().isEmpty());
        Path file = directory.resolve("exported.yaml");
        Files.writeString(file, "unclassified:\n  dedalus:\n" + indented(Util.toYamlString(exported)));
        ConfigurationAsCode.get().configure(file.toString());
        assertThat(settings.getReconcileMinutes()).isEqualTo(30);
        assertThat(settings.getMaxMachines()).isEqualTo(40);
        assertThat(settings.getListener()).isNotNull();
    }

    @Test
    void aBadValueIsASentenceAndChangesNothing(JenkinsRule r) throws Exception {
        assertThat(failure("apiUrl: \"http://evil.example.com\"")).contains("apiUrl", "https");
        assertThat(failure("organizationId: \"acme\"")).contains("organizationId is 'acme'", "a UUID");
        assertThat(failure("credentialsId: \"^${KEY}\"")).contains("credentialsId", "build parameter");
        assertThat(failure("closedGrace: \"soon\"")).contains("closedGrace is 'soon'", "12h");
        assertThat(failure("defaults:\n      memoryMib: 1")).contains("memoryMib is 1", "256 to 262144");
        assertThat(failure("defaults:\n      autosleep: \"1 hour\"")).contains("autosleep is '1 hour'");
        assertThat(failure("defaults:\n      ttl: \"5m\"")).contains("ttl is 5m", "such as 12h or 14d");
        assertThat(failure("whenFull: \"explode\"")).contains("whenFull is 'explode'", "wait or fail");
        assertThat(failure("maxAwake: -1")).contains("maxAwake is '-1'", "0 (no limit) to 100000");
        assertThat(failure("maxMachines: -1")).contains("maxMachines is '-1'", "0 (no limit) to 100000");
        assertThat(failure("reconcileMinutes: 0")).contains("reconcileMinutes is '0'", "1 to 1440");
        assertThat(failure("publicUrl: \"https://previews.example.net\"")).contains("publicUrl is wrong");
        assertThat(failure("viewerAccess: \"friends\"")).contains("viewerAccess is 'friends'");
        assertThat(failure("viewerAccess: \"jenkins\"")).contains("publicUrl");
        assertThat(failure("listener:\n      port: 70000")).contains("port is '70000'");
        assertThat(failure("listener:\n      idleLimit: \"9d\"")).contains("idleLimit is '9d'", "seven days");
        assertThat(failure("listener:\n      responseLimit: \"soon\"")).contains("responseLimit is 'soon'");
        assertThat(failure("upstreamAllowList: \".com\"")).contains("upstreamAllowList is '.com'");
        assertThat(failure("closedGrace: \"9d\"\n    unconfirmedGrace: \"3d\"")).contains("unconfirmedGrace is 3d");

        DedalusGlobalConfiguration saved = new DedalusGlobalConfiguration();
        assertThat(saved.getApiUrl()).isEqualTo(DedalusGlobalConfiguration.DEFAULT_API_URL);
        assertThat(saved.getClosedGrace()).isEqualTo("1d");
        assertThat(saved.getListener()).isNull();
        assertThat(DedalusGlobalConfiguration.get().getViewerAccess()).isEqualTo("public");
        assertThat(DedalusGlobalConfiguration.get().getUnconfirmedGrace()).isEqualTo("7d");
    }

    @Test
    void whatIsRefusedHalfWayLeavesNothingBehind(JenkinsRule r) throws Exception {
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        String good = "apiUrl: \"http://127.0.0.1:9999\"\n    forksAllowed: true\n    closedGrace: \"2d\"\n    "
                + "publicUrl: \"https://{preview}.previews.example.net\"\n    ";
        for (String bad : List.of(
                "reconcileMinutes: 0",
                "credentialsId: \"^${KEY}\"",
                "defaults:\n      vcpu: \"1000\"",
                "listener:\n      port: 70000",
                "viewerAccess: \"friends\"",
                "nonsense: 1",
                "unconfirmedGrace: \"1d\"")) {
            failure(good + bad);
            assertThat(settings.getApiUrl()).as(bad).isEqualTo(DedalusGlobalConfiguration.DEFAULT_API_URL);
            assertThat(settings.isForksAllowed()).as(bad).isFalse();
            assertThat(settings.closedGrace()).as(bad).isEqualTo(java.time.Duration.ofDays(1));
            assertThat(settings.getPublicUrl()).as(bad).isNull();

            Path file = directory.resolve("next.yaml");
            Files.writeString(file, "unclassified:\n  dedalus:\n    unconfirmedGrace: \"8d\"\n");
            ConfigurationAsCode.get().configure(file.toString());
            assertThat(settings.getUnconfirmedGrace()).isEqualTo("8d");
            assertThat(settings.isForksAllowed()).as("after " + bad).isFalse();
            assertThat(settings.getApiUrl()).as("after " + bad).isEqualTo(DedalusGlobalConfiguration.DEFAULT_API_URL);
            assertThat(new DedalusGlobalConfiguration().isForksAllowed()).isFalse();
        }
    }

    @Test
    void theExampleWorksAndTheDocumentationNamesEverySetting(JenkinsRule r) throws Exception {
        Path file = directory.resolve("example.yaml");
        Files.writeString(
                file, Files.readString(Path.of("examples", "jcasc.yaml")).replace("port: 8081", "port: 0"));
        ConfigurationAsCode.get().configure(file.toString());

        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        assertThat(settings.getPublicUrl()).isEqualTo("https://{preview}.previews.example.net");
        assertThat(settings.getApiUrl()).isEqualTo(DedalusGlobalConfiguration.DEFAULT_API_URL);
        assertThat(settings.getViewerAccess()).isEqualTo("jenkins");
        await().until(() -> ViewerListener.get().listener().port().isPresent());

        String documentation = Files.readString(Path.of("docs", "configuration.md"));
        for (Class<?> type : List.of(
                DedalusGlobalConfiguration.class,
                DedalusFolderProperty.class,
                PreviewDefaults.class,
                ListenerConfiguration.class)) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(DataBoundSetter.class)) {
                    String name = method.getName().substring(3, 4).toLowerCase(Locale.ROOT)
                            + method.getName().substring(4);
                    assertThat(documentation).contains("`" + name + "`");
                }
            }
        }
    }

    private String failure(String setting) throws Exception {
        Path file = directory.resolve("bad.yaml");
        Files.writeString(file, "unclassified:\n  dedalus:\n    " + setting + "\n");
        Throwable thrown = catchThrowable(() -> ConfigurationAsCode.get().configure(file.toString()));
        assertThat(thrown).as(setting).isNotNull();
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .map(Throwable::getMessage)
                .toList()
                .toString();
    }

    private static String section(String source) throws Exception {
        String text = new String(new java.net.URL(source).openStream().readAllBytes(), StandardCharsets.UTF_8);
        return text.substring(text.indexOf("  dedalus:\n") + "  dedalus:\n".length())
                .replaceAll("(?m)^ {4}", "");
    }

    private static String indented(String text) {
        return text.replaceAll("(?m)^(?=.)", "    ");
    }
}
