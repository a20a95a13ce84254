package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.Keys;
import io.jenkins.plugins.dedalus.emulator.EmulatedMachine;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** An emulated Dedalus for a Jenkins under test, and what tests say again and again. */
public final class World implements AutoCloseable {
    private final Emulator emulator;

    private World(Emulator emulator) {
        this.emulator = emulator;
    }

    /** Starts the emulator. */
    public static World start() throws IOException {
        return new World(Emulator.start(EmulatorConfig.defaults()));
    }

    /** Starts an emulator whose machines share the host's network, so that they reach servers of the test. */
    public static World startOnHostNetwork() throws Exception {
        World world = new World(
                Emulator.start(EmulatorConfig.builder().namespaces(false).build()));
        world.configure();
        return world;
    }

    /** Starts the emulator and tells the running Jenkins about it. */
    public static World startIn(JenkinsRule ignored) throws Exception {
        World world = start();
        world.configure();
        return world;
    }

    /** Tells the running Jenkins where the API is. */
    public void configure() throws Exception {
        Keys.global("dedalus-api", emulator.apiKey());
        DedalusGlobalConfiguration settings = DedalusGlobalConfiguration.get();
        settings.setApiUrl(emulator.baseUrl().toString());
        settings.setCredentialsId("dedalus-api");
        settings.save();
    }

    /** The emulator. */
    public Emulator emulator() {
        return emulator;
    }

    /** Machines that exist. */
    public List<EmulatedMachine> machines() {
        return emulator.machines().stream()
                .filter(machine -> !"destroyed".equals(machine.phase()))
                .toList();
    }

    /** A start command for an app that answers with the file {@code version}, and with GREETING at {@code /env}. */
    public static String serve() {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return "exec " + java + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx32m -cp " + classes() + " "
                + StepApp.class.getName();
    }

    private static Path classes() {
        try {
            return Path.of(StepApp.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a Pipeline job. */
    public static WorkflowJob job(String name, String pipeline) throws Exception {
        WorkflowJob job = Jenkins.get().createProject(WorkflowJob.class, name);
        script(job, pipeline);
        return job;
    }

    /** Gives a job another Pipeline. */
    public static void script(WorkflowJob job, String pipeline) throws Exception {
        job.setDefinition(new CpsFlowDefinition(pipeline, true));
    }

    /** Builds and expects success. */
    public static WorkflowRun succeed(JenkinsRule r, WorkflowJob job) throws Exception {
        return r.buildAndAssertSuccess(job);
    }

    /** Builds and expects failure with these sentences, and no stack trace in the log. */
    public static WorkflowRun fail(JenkinsRule r, WorkflowJob job, String... sentences) throws Exception {
        WorkflowRun run = r.buildAndAssertStatus(Result.FAILURE, job);
        assertThat(JenkinsRule.getLog(run)).contains(sentences).doesNotContain("\tat ");
        return run;
    }

    /** What a preview URL answers. */
    public static String get(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(10))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 200 ? answer.body().trim() : Integer.toString(answer.statusCode());
    }

    /** A build's log. */
    public static String log(Run<?, ?> run) throws IOException {
        return JenkinsRule.getLog(run);
    }

    @Override
    public void close() {
        emulator.close();
    }
}
