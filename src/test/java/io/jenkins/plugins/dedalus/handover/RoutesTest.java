package io.jenkins.plugins.dedalus.handover;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.dashboard.Stage;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Every address, asked for by everybody. */
@WithJenkins
class RoutesTest {
    /** In the order of {@link Stage#people()}: nobody, stranger, reader, dev, manager, admin, router. */
    private static final int[] EVERYBODY = {403, 200, 200, 200, 200, 200, 200};

    private static final int[] READERS = {403, 404, 200, 200, 200, 200, 404};
    private static final int[] ROUTERS = {403, 403, 403, 403, 403, 200, 200};

    @Test
    void readingTakesReadOnTheJob(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            PreviewRecord record = stage.preview(job, "12", "feature");
            stage.users(job);
            stage.publicUrl("http://{preview}.previews.localhost", "public");
            String id = record.key().id();
            Map<String, int[]> expected = new LinkedHashMap<>();
            expected.put("dedalus/", EVERYBODY);
            expected.put("dedalus/rows", EVERYBODY);
            expected.put("dedalus/api/json", EVERYBODY);
            expected.put("dedalus/preview/" + id + "/", READERS);
            expected.put("dedalus/preview/" + id + "/live", READERS);
            expected.put("dedalus/preview/" + id + "/confirm", READERS);
            expected.put("dedalus/preview/" + id + "/state", READERS);
            expected.put("dedalus/preview/nothing/", new int[] {403, 404, 404, 404, 404, 404, 404});
            expected.put("dedalus/open/" + id + "/", new int[] {403, 404, 200, 200, 200, 200, 404});
            expected.put("dedalus/open/" + id + "/web/", new int[] {403, 404, 200, 200, 200, 200, 404});
            expected.put("dedalus/open/nothing/", new int[] {403, 404, 404, 404, 404, 404, 404});
            expected.put("dedalus/router/directory", ROUTERS);
            for (Map.Entry<String, int[]> each : expected.entrySet()) {
                for (int i = 0; i < each.getValue().length; i++) {
                    String who = Stage.people().get(i);
                    assertThat(stage.status(who, each.getKey()))
                            .as("GET %s as %s", each.getKey(), who)
                            .isEqualTo(each.getValue()[i]);
                }
            }
            assertThat(stage.get("stranger", "dedalus/").getWebResponse().getContentAsString())
                    .doesNotContain(id);
            assertThat(stage.get("stranger", "dedalus/api/json")
                            .getWebResponse()
                            .getContentAsString())
                    .doesNotContain(id);
        }
    }

    @Test
    void changingTakesPostPermissionAndCrumb(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            PreviewRecord record = stage.preview(job, "12", "feature");
            stage.users(job);
            String page = "dedalus/preview/" + record.key().id() + "/";
            Map<String, int[]> expected = new LinkedHashMap<>();
            expected.put("sleep", new int[] {403, 404, 403, 302, 302, 302, 404});
            expected.put("rebuild", new int[] {403, 404, 403, 403, 302, 302, 404});
            expected.put("wake", new int[] {403, 404, 403, 302, 302, 302, 404});
            expected.put("adopt", new int[] {403, 404, 403, 403, 302, 302, 404});
            expected.put("teardown", new int[] {403, 404, 403, 403, 302, 302, 404});
            for (Map.Entry<String, int[]> each : expected.entrySet()) {
                for (int i = 0; i < each.getValue().length; i++) {
                    String who = Stage.people().get(i);
                    String path = page + each.getKey();
                    assertThat(stage.status(who, path))
                            .as("GET %s as %s", path, who)
                            .isIn(403, 404, 405);
                    assertThat(stage.post(who, path, null).getWebResponse().getStatusCode())
                            .as("POST %s as %s", path, who)
                            .isEqualTo(each.getValue()[i]);
                }
            }
            assertThat(PreviewEngines.get().record(record.key()).orElseThrow().state())
                    .isEqualTo(PreviewState.CLOSED);
        }
    }

    @Test
    void aSessionNeedsACrumb(JenkinsRule r) throws Exception {
        try (Stage stage = new Stage(r)) {
            FreeStyleProject job = stage.job("shop");
            PreviewRecord record = stage.preview(job, "12", "feature");
            stage.users(job);
            String page = "dedalus/preview/" + record.key().id() + "/";
            String open = "dedalus/open/" + record.key().id() + "/wake";
            assertThat(stage.status("admin", open)).as("by GET").isIn(404, 405);
            withoutCrumb(stage, List.of(page + "sleep", page + "teardown", open, "dedalus/router/check"));
        }
    }

    /** An API token needs no crumb; a session does. */
    private static void withoutCrumb(Stage stage, List<String> paths) throws Exception {
        try (JenkinsRule.WebClient web = stage.r.createWebClient().withThrowExceptionOnFailingStatusCode(false)) {
            web.login("admin");
            for (String path : paths) {
                var request = new org.htmlunit.WebRequest(
                        new java.net.URL(stage.r.getURL(), path), org.htmlunit.HttpMethod.POST);
                var answer = web.getPage(request).getWebResponse();
                assertThat(answer.getStatusCode()).as(path).isEqualTo(403);
                assertThat(answer.getContentAsString()).as(path).contains("crumb");
            }
        }
    }
}
