package io.jenkins.plugins.dedalus.scm;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleProject;
import hudson.model.Items;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What is on the disk of which preview belongs to which job, and how little of it a change touches. */
@WithJenkins
class PreviewJobsTest {
    private static final PreviewKey ONE = key(1);
    private static final PreviewKey TWO = key(2);

    private JenkinsRule r;
    private Path directory;

    private static PreviewKey key(int number) {
        return PreviewKey.of("github.com/acme/shop", Integer.toString(number));
    }

    @BeforeEach
    void start(JenkinsRule rule) {
        r = rule;
        directory = r.jenkins.getRootDir().toPath().resolve("dedalus").resolve("jobs");
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }

    private Map<Path, String> contents() throws Exception {
        return files().stream().collect(Collectors.toMap(file -> file, file -> {
            try {
                return Files.getLastModifiedTime(file) + Files.readString(file);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }));
    }

    @Test
    void aChangeWritesOneSmallFile() throws Exception {
        IntStream.rangeClosed(1, 50).forEach(number -> Links.put(key(number), "shop/PR-" + number, "PR-" + number));
        assertThat(files()).hasSize(50);
        for (Path file : files()) {
            assertThat(Files.size(file)).isLessThan(1000);
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        }
        Map<Path, String> before = contents();

        FreeStyleProject job = r.createFreeStyleProject("other");
        PreviewJobs.get().ask(key(51), r.buildAndAssertSuccess(job), null);
        PreviewJobs.get().forget(ONE);

        Map<Path, String> after = contents();
        assertThat(after).hasSize(50);
        assertThat(after.entrySet().stream().filter(before.entrySet()::contains))
                .as("untouched")
                .hasSize(49);
        assertThat(new PreviewJobs().link(ONE)).isEmpty();
        assertThat(new PreviewJobs().link(TWO)).map(PreviewLink::job).contains("shop/PR-2");
        assertThat(new PreviewJobs().link(key(51))).map(PreviewLink::job).contains("other");
    }

    @Test
    void theFileOfEarlierVersionsIsDivided() throws Exception {
        Path together = directory.resolveSibling("jobs.json");
        Files.createDirectories(directory);
        Files.writeString(together, """
                [ {"key": {"repository": "github.com/acme/shop", "changeId": "1", "name": "default"},
                   "job": "shop/PR-1", "build": 7, "base": 3, "head": "PR-1", "gone": false,
                   "approvals": [ {"commit": "abc", "by": "alice", "at": "2026-11-01T00:00:00Z"} ]},
                  {"key": {"repository": "github.com/acme/shop", "changeId": "2", "name": "default"},
                   "job": "shop/PR-2", "build": 1, "base": 0, "head": "PR-2", "gone": true} ]
                """);
        PreviewJobs jobs = new PreviewJobs();
        PreviewLink one = jobs.link(ONE).orElseThrow();
        assertThat(one.build()).isEqualTo(7);
        assertThat(one.base()).isEqualTo(3);
        assertThat(one.approval("abc")).map(Approval::by).contains("alice");
        assertThat(jobs.link(TWO).orElseThrow().gone()).isTrue();
        assertThat(together).doesNotExist();
        assertThat(files()).hasSize(2);
        assertThat(new PreviewJobs().all()).containsExactlyInAnyOrderElementsOf(jobs.all());
    }

    @Test
    void anUnreadableFileCostsNoOtherPreview() throws Exception {
        Links.put(ONE, "shop/PR-1", "PR-1");
        Links.put(TWO, "shop/PR-2", "PR-2");
        Files.writeString(files().get(0), "{");
        PreviewJobs jobs = new PreviewJobs();
        assertThat(jobs.all()).singleElement();
        assertThat(files().get(0).getFileName().toString() + files().get(1).getFileName())
                .contains(".json.unreadable-");
    }

    @Test
    void keysOfOneIdHaveFilesOfTheirOwn() throws Exception {
        // Four characters of a hash can be hit on purpose: then the readable part is all that is left.
        int number = 0;
        PreviewKey other;
        do {
            other = PreviewKey.of("github.com/mallory" + number++ + "/shop", "1");
        } while (!other.id().substring(0, 12).equals(ONE.id().substring(0, 12))
                || other.id().charAt(other.id().length() - 1)
                        != ONE.id().charAt(ONE.id().length() - 1));
        Links.put(ONE, "shop/PR-1", "PR-1");
        Links.put(other, "evil/PR-1", "PR-1");
        assertThat(files()).hasSize(2);
        assertThat(new PreviewJobs().link(ONE)).map(PreviewLink::job).contains("shop/PR-1");
    }

    @Test
    void jobsAreFollowedByFolder() throws Exception {
        Folder team = r.jenkins.createProject(Folder.class, "team");
        Folder teams = r.jenkins.createProject(Folder.class, "teams");
        FreeStyleProject job = team.createProject(FreeStyleProject.class, "a");
        FreeStyleProject near = teams.createProject(FreeStyleProject.class, "a");
        Links.put(ONE, job.getFullName(), null);
        Links.put(TWO, near.getFullName(), null);
        team.renameTo("crew");
        assertThat(PreviewJobs.get().of(job)).extracting(PreviewLink::key).containsExactly(ONE);
        assertThat(PreviewJobs.get().of(near)).extracting(PreviewLink::key).containsExactly(TWO);
        assertThat(new PreviewJobs().link(ONE)).map(PreviewLink::job).contains("crew/a");
        Items.move(job, r.jenkins);
        assertThat(new PreviewJobs().link(ONE)).map(PreviewLink::job).contains("a");
        assertThat(PreviewJobs.get().of(ChangeRef.of(ONE))).hasSize(1);
        job.delete();
        assertThat(PreviewJobs.get().link(ONE).orElseThrow().gone()).isTrue();
        assertThat(new PreviewJobs().link(ONE).orElseThrow().gone()).isTrue();
        assertThat(PreviewJobs.get().link(TWO).orElseThrow().gone()).isFalse();
    }
}
