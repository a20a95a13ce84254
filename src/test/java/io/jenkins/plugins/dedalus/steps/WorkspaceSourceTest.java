package io.jenkins.plugins.dedalus.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.FilePath;
import hudson.model.Result;
import io.jenkins.plugins.dedalus.build.PreviewAction;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What of a workspace reaches the machine, and what a checkout with hostile links can't make it send. */
@WithJenkins
class WorkspaceSourceTest {
    private World world;
    private JenkinsRule jenkins;

    @BeforeEach
    void start(JenkinsRule r) throws Exception {
        jenkins = r;
        world = World.startIn(r);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private FilePath workspace(WorkflowJob job) throws Exception {
        FilePath workspace = jenkins.jenkins.getWorkspaceFor(job);
        workspace.mkdirs();
        return workspace;
    }

    private Path uploads() {
        return jenkins.jenkins.getRootDir().toPath().resolve("dedalus/uploads");
    }

    @Test
    void linksTravelAsLinksWhateverTheyLeadTo() throws Exception {
        Path secrets =
                Files.createDirectories(jenkins.jenkins.getRootDir().toPath().resolve("secrets/links"));
        Files.writeString(secrets.resolve("master.key"), "the-controllers-secret");
        WorkflowJob job = World.job("links", """
                node {
                  dedalusPreview changeId: '7', source: 'workspace', start: '%s', deploy: \'\'\'
                    test -L dir && test -L file && test -L loop/again && test -L root && test -L inside
                    test "$(readlink root)" = / && test "$(readlink inside)" = data
                    test -f data/word.txt && test ! -L data
                    test ! -e dir/master.key && test ! -e file
                    cat inside/word.txt > version
                    \'\'\'
                }
                """.formatted(World.serve()));
        FilePath workspace = workspace(job);
        workspace.child("data/word.txt").write("one word", "UTF-8");
        workspace.child("loop").mkdirs();
        link(workspace, "dir", secrets.toString());
        link(workspace, "file", secrets.resolve("master.key").toString());
        link(workspace, "loop/again", "..");
        link(workspace, "root", "/");
        link(workspace, "inside", "data");

        WorkflowRun run = World.succeed(jenkins, job);

        assertThat(World.get(PreviewAction.of(run).get(0).getUrl())).isEqualTo("one word");
        assertThat(World.log(run)).contains("packed 6 files");
        assertThat(uploads()).isEmptyDirectory();
    }

    private static void link(FilePath workspace, String name, String target) throws Exception {
        Files.createSymbolicLink(Path.of(workspace.child(name).getRemote()), Path.of(target));
    }

    @Test
    void whatIsTooMuchEndsInASentenceAndLeavesNothing() throws Exception {
        WorkflowJob job = World.job("large", """
                node {
                  dedalusPreview changeId: '7', source: 'workspace', start: '%s', workspaceLimitMib: 3,
                    excludes: EXCLUDES
                }
                """.formatted(World.serve()).replace("EXCLUDES", "''"));
        FilePath workspace = workspace(job);
        Path cache =
                Files.createDirectories(Path.of(workspace.child("deep/cache").getRemote()));
        Files.write(cache.resolve("a"), new byte[2 * 1024 * 1024]);
        Files.write(cache.resolve("b"), new byte[2 * 1024 * 1024]);
        workspace.child("version").write("small", "UTF-8");

        WorkflowRun run = World.fail(jenkins, job, "holds more than 3 MiB", "workspaceLimitMib");
        assertThat(World.log(run)).contains(workspace.getRemote());
        assertThat(uploads()).isEmptyDirectory();
        assertThat(world.machines()).isEmpty();

        World.script(job, """
                node {
                  dedalusPreview changeId: '7', source: 'workspace', start: '%s', workspaceLimitMib: 3,
                    excludes: 'nothing/**, **/cache/'
                }
                """.formatted(World.serve()));
        run = World.succeed(jenkins, job);
        assertThat(World.get(PreviewAction.of(run).get(0).getUrl())).isEqualTo("small");
        assertThat(World.log(run)).contains("packed 1 files");

        World.script(job, "node { dedalusPreview changeId: '7', source: 'workspace', workspaceLimitMib: 0 }");
        run = jenkins.buildAndAssertStatus(Result.FAILURE, job);
        assertThat(World.log(run)).contains("workspaceLimitMib is 0; it must be 1 or more.");
    }
}
