package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class SnippetTest {
    private static final List<Class<? extends Step>> STEPS = List.of(
            DedalusPreviewStep.class,
            DedalusExecStep.class,
            DedalusWakeStep.class,
            DedalusSleepStep.class,
            DedalusResetStep.class,
            DedalusLogsStep.class,
            DedalusTeardownStep.class,
            DedalusStatusStep.class);

    private static DedalusPreviewStep everything() {
        DedalusPreviewStep step = new DedalusPreviewStep();
        step.setChangeId("12");
        step.setName("api");
        step.setRepository("github.com/acme/shop");
        step.setFailBuild(false);
        step.setSource("git");
        step.setDeploy("scripts/deploy");
        step.setStart("scripts/start");
        step.setSetup("scripts/setup");
        step.setEnv(new TreeMap<>(Map.of("A", "one", "B", "two=2")));
        step.setSecrets(Map.of("DB_PASSWORD", "shop-db"));
        step.setHealthPath("/healthz");
        step.setVersionPath("/version");
        step.setPorts(new TreeMap<>(Map.of("admin", "4000", "web", "3000")));
        step.setPackages(List.of("git", "nodejs"));
        step.setServices(new TreeMap<>(Map.of(
                "mail",
                new TreeMap<>(Map.of("port", "8025", "start", "mailpit --listen=127.0.0.1:8025")),
                "postgres",
                new TreeMap<>(Map.of("database", "app")),
                "redis",
                Map.of())));
        step.setProtocol("https");
        step.setVisibility("org");
        step.setVcpu(0.5);
        step.setMemoryMib(1024);
        step.setStorageGib(20);
        step.setAutosleep("15m");
        step.setLimits(Map.of("deploy", "40m"));
        step.setRepeatable(true);
        return step;
    }

    @Test
    void formsKeepEveryParameter(JenkinsRule r) throws Exception {
        StepConfigTester forms = new StepConfigTester(r);
        DedalusPreviewStep preview = everything();
        r.assertEqualDataBoundBeans(preview, forms.configRoundTrip(preview));
        r.assertEqualDataBoundBeans(new DedalusPreviewStep(), forms.configRoundTrip(new DedalusPreviewStep()));
        DedalusExecStep exec = new DedalusExecStep("echo hi");
        exec.setCwd("/tmp");
        exec.setEnv(Map.of("A", "b"));
        exec.setSecrets(Map.of("TOKEN", "the-token"));
        exec.setTimeout("10m");
        exec.setReturnStatus(true);
        r.assertEqualDataBoundBeans(exec, forms.configRoundTrip(exec));
        DedalusTeardownStep teardown = new DedalusTeardownStep();
        teardown.setGrace("1d");
        teardown.setChangeId("3");
        r.assertEqualDataBoundBeans(teardown, forms.configRoundTrip(teardown));
        DedalusLogsStep logs = new DedalusLogsStep();
        logs.setService("postgres");
        logs.setLines(50);
        r.assertEqualDataBoundBeans(logs, forms.configRoundTrip(logs));
        assertThat(forms.configRoundTrip(new DedalusResetStep()).isFailBuild()).isTrue();
        assertThat(forms.configRoundTrip(new DedalusWakeStep()).isFailBuild()).isTrue();
        assertThat(forms.configRoundTrip(new DedalusSleepStep()).getChangeId()).isNull();
        assertThat(forms.configRoundTrip(new DedalusStatusStep()).getName()).isNull();
    }

    @Test
    void theSnippetGeneratorWritesWhatCanBeRead(JenkinsRule r) throws Exception {
        SnippetizerTester snippets = new SnippetizerTester(r);
        snippets.assertRoundTrip(
                everything(),
                "dedalusPreview autosleep: '15m', changeId: '12', deploy: 'scripts/deploy', env: [A: 'one', B: 'two=2'], "
                        + "failBuild: false, healthPath: '/healthz', limits: [deploy: '40m'], memoryMib: 1024, name: 'api', "
                        + "packages: ['git', 'nodejs'], ports: [admin: '4000', web: '3000'], protocol: 'https', repeatable: true, "
                        + "repository: 'github.com/acme/shop', secrets: [DB_PASSWORD: 'shop-db'], "
                        + "services: [mail: [port: '8025', start: 'mailpit --listen=127.0.0.1:8025'], "
                        + "postgres: [database: 'app'], redis: []], setup: 'scripts/setup', source: 'git', "
                        + "start: 'scripts/start', storageGib: 20, vcpu: 0.5, versionPath: '/version', visibility: 'org'");
        snippets.assertRoundTrip(new DedalusExecStep("echo hi"), "dedalusExec 'echo hi'");
        DedalusExecStep command = new DedalusExecStep(null);
        command.setCommand(List.of("ls", "-l"));
        command.setReturnStdout(true);
        assertThat(new DescribableModel<>(DedalusExecStep.class)
                        .uninstantiate2(command)
                        .toMap())
                .containsEntry("command", List.of("ls", "-l"))
                .containsEntry("returnStdout", true);
        snippets.assertRoundTrip(new DedalusWakeStep(), "dedalusWake()");
        for (Class<? extends Step> step : STEPS) {
            SnippetizerTester.assertDocGeneration(step);
        }
    }

    @Test
    void everyParameterHasHelp(JenkinsRule ignored) {
        for (Class<? extends Step> type : STEPS) {
            assertThat(help(type, "help.html")).as(type.getSimpleName()).isTrue();
            for (DescribableParameter parameter : new DescribableModel<>(type).getParameters()) {
                assertThat(help(type, "help-" + parameter.getName() + ".html"))
                        .as(type.getSimpleName() + "." + parameter.getName())
                        .isTrue();
            }
        }
    }

    /** Where Jenkins looks: at the step and what it extends. */
    private static boolean help(Class<?> type, String file) {
        for (Class<?> each = type; each != Step.class; each = each.getSuperclass()) {
            if (each.getResource(each.getSimpleName() + "/" + file) != null) {
                return true;
            }
        }
        return false;
    }
}
