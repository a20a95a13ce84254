package io.jenkins.plugins.dedalus.preview;

import static io.jenkins.plugins.dedalus.preview.Bench.COMMIT_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.emulator.GitServer;
import io.jenkins.plugins.dedalus.emulator.OnHost;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import io.jenkins.plugins.dedalus.preview.model.Source;
import io.jenkins.plugins.dedalus.preview.operation.ArchiveUpload;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How code reaches the machine: a fetch whose token leaves no trace, or an archive in pieces. */
class SourcesTest {
    private static final int PIECE = ArchiveUpload.UNIT * ArchiveUpload.SPAN;
    private static final String TOKEN = "ghs_short-lived-token-of-this-test";

    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        // The git server is on the host's loopback: the machines have to reach it.
        bench = new Bench(directory, EmulatorConfig.builder().namespaces(false));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void gitFetchesExactlyTheCommitAndItsTokenIsGoneBeforeAnyScriptRuns() throws Exception {
        Path work = directory.resolve("work");
        OnHost.run(directory, "git", "init", "-q", "-b", "main", work.toString());
        String first = commit(work, "one", "kept");
        Files.delete(work.resolve("one"));
        String second = commit(work, "two", "kept");
        OnHost.run(
                directory,
                "git",
                "clone",
                "-q",
                "--bare",
                work.toString(),
                directory.resolve("shop.git").toString());
        OnHost.run(directory.resolve("shop.git"), "git", "config", "uploadpack.allowReachableSHA1InWant", "true");
        try (GitServer server = new GitServer(directory, TOKEN)) {
            // The script looks where a token could have stayed: files, and the environment of every process it can
            // read.
            PreviewSpec spec = deploying("pwd; ls; git rev-parse HEAD; echo data > ../data; "
                    + "if grep -rqs " + TOKEN + " \"$HOME\" --exclude-dir=run; then echo LEAK; fi; "
                    + "env | grep -q TOKEN && echo LEAK; exit 0");
            PreviewRequest request = Bench.request(
                    spec, 1, first, new Source.Git(server.url("shop.git"), null, first, TOKEN), SecretEnv.none());
            assertThat(request.toString()).doesNotContain(TOKEN);
            PreviewRecord record = bench.ready(request);
            Path home = bench.living().get(0).home();
            assertThat(bench.output)
                    .contains(home.toRealPath() + "/app", "one", "kept", first)
                    .doesNotContain("LEAK");
            assertThat(OnHost.filesHolding(home, TOKEN)).isEmpty();
            assertThat(OnHost.filesHolding(bench.ledgerDirectory, TOKEN)).isEmpty();

            bench.ready(Bench.request(
                    spec,
                    2,
                    second,
                    new Source.Git(server.url("shop.git"), "refs/heads/main", second, TOKEN),
                    SecretEnv.none()));
            assertThat(home.resolve("app/one")).doesNotExist();
            assertThat(home.resolve("app/two")).exists();
            assertThat(home.resolve("data")).exists();
            assertThat(record.machineId()).isNotNull();

            assertThatThrownBy(() -> bench.ready(Bench.request(
                            spec,
                            3,
                            second,
                            new Source.Git(server.url("shop.git"), null, second, "wrong"),
                            SecretEnv.none())))
                    .isInstanceOf(ScriptFailedException.class)
                    .hasMessageContaining("fetch");
            assertThat(server.refused()).isNotEmpty();
            ChangeContext fork = new ChangeContext("12", "feature", null, null, second, "main", true);
            Source.Git code = new Source.Git(server.url("shop.git"), null, second, TOKEN);
            assertThatThrownBy(() ->
                            bench.ready(new PreviewRequest(Bench.KEY, spec, fork, code, SecretEnv.none(), 3, null)))
                    .as("no token goes to a machine that a fork's code runs on")
                    .isInstanceOf(ScriptFailedException.class)
                    .hasMessageContaining("fetch");
            assertThatThrownBy(() -> bench.ready(Bench.request(
                            spec,
                            4,
                            COMMIT_A,
                            new Source.Git(server.url("shop.git"), "refs/heads/main", COMMIT_A, TOKEN),
                            SecretEnv.none())))
                    .isInstanceOf(ScriptFailedException.class);
            assertThat(bench.output).anyMatch(line -> line.contains("is not among the last 200"));
        }
    }

    @Test
    void anArchiveArrivesInPiecesAndReplacesWhatWasThere() throws Exception {
        Path content = Files.createDirectories(directory.resolve("content"));
        byte[] big = new byte[PIECE * 2 + 12345];
        new Random(7).nextBytes(big);
        Files.write(content.resolve("big"), big);
        Files.writeString(content.resolve("gone"), "soon");
        Source.Archive first = archive(content);
        PreviewSpec spec = deploying("mkdir -p ../data && echo kept > ../data/row; sha256sum big | cut -c1-64");
        bench.ready(Bench.request(spec, 1, COMMIT_A, first, SecretEnv.none()));
        assertThat(bench.output)
                .contains(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(big)));
        Path home = bench.living().get(0).home();
        assertThat(home.resolve("app/gone")).exists();

        Files.delete(content.resolve("gone"));
        bench.ready(Bench.request(spec, 2, COMMIT_A, archive(content), SecretEnv.none()));
        assertThat(home.resolve("app/gone")).doesNotExist();
        assertThat(home.resolve("data/row")).hasContent("kept");
        assertThat(home.resolve(".dedalus-preview/archive")).doesNotExist();

        Source.Archive damaged = new Source.Archive(first.streams(), "0".repeat(64));
        assertThatThrownBy(() -> bench.ready(Bench.request(spec, 3, COMMIT_A, damaged, SecretEnv.none())))
                .isInstanceOf(ScriptFailedException.class)
                .hasMessageContaining("unpack script");
        assertThat(bench.output).anyMatch(line -> line.contains("instead of 0000"));
        Source.Archive unreadable = new Source.Archive(
                () -> {
                    throw new IOException("the agent is gone");
                },
                "0".repeat(64));
        assertThatThrownBy(() -> bench.ready(Bench.request(spec, 4, COMMIT_A, unreadable, SecretEnv.none())))
                .hasMessageContaining("the agent is gone");
    }

    @Test
    void anArchiveGoesOnAtThePieceWhereARestartStoppedIt() throws Exception {
        Path content = Files.createDirectories(directory.resolve("content"));
        byte[] big = new byte[PIECE * 3];
        new Random(8).nextBytes(big);
        Files.write(content.resolve("big"), big);
        PreviewRequest request =
                Bench.request(deploying("wc -c < big"), 1, COMMIT_A, archive(content), SecretEnv.none());
        bench.ensure(request);
        await().until(() -> bench.lifecycle
                .status(Bench.KEY)
                .map(PreviewRecord::operation)
                .filter(operation -> operation.index() >= ArchiveUpload.SPAN)
                .isPresent());
        bench.restart();
        bench.ready(request);
        assertThat(bench.output.get(bench.output.size() - 1).trim()).isEqualTo(Integer.toString(big.length));
        // Four pieces, unpack, deploy; one more if the restart came between an answer and its record.
        assertThat(bench.client
                        .executions()
                        .list(bench.lifecycle.status(Bench.KEY).orElseThrow().machineId(), RequestOptions.none()))
                .hasSizeBetween(6, 7);
    }

    @Test
    void aDamagedPieceIsSentAgainAndARefusedOneInSmallerPieces() throws Exception {
        Path content = Files.createDirectories(directory.resolve("content"));
        byte[] big = new byte[PIECE * 2];
        new Random(9).nextBytes(big);
        Files.write(content.resolve("big"), big);
        PreviewSpec spec = deploying("cat big | wc -c");
        bench.ready(Bench.request(spec, 1, COMMIT_A, archive(content), SecretEnv.none()));

        // While the second piece is read, something is put in the place where it will be stored.
        Path second = bench.living().get(0).home().resolve(".dedalus-preview/archive/000008.part");
        Source.Archive obstructed = beforeByte(archive(content), PIECE, () -> Files.createDirectories(second));
        bench.lifecycle
                .ensure(Bench.request(spec, 2, COMMIT_A, obstructed, SecretEnv.none()), progress -> {
                    if (String.valueOf(progress.line()).contains("sending it again")) {
                        remove(second);
                    }
                    bench.listener.onProgress(progress);
                })
                .result()
                .get(60, TimeUnit.SECONDS);
        assertThat(bench.lines)
                .filteredOn(line -> line.contains("sending it again"))
                .hasSize(1);

        // As a proxy with a limit does: it says so, or it hangs up. Four more are lost by the platform, two at a time.
        String executions = "/v1/machines/{id}/executions";
        bench.emulator.faults().add(Fault.apiError("POST", executions, 413, "PAYLOAD_TOO_LARGE"));
        Source.Archive limited = beforeByte(archive(content), PIECE, () -> {
            bench.emulator.faults().add(Fault.of(Fault.Kind.API_LOST_ANSWER, 2).withCalls("POST", executions));
            bench.emulator.faults().add(Fault.execution(2, "execution_runner_interrupted"));
        });
        bench.emulator.faults().add(Fault.execution(2, "execution_runner_interrupted"));
        bench.ready(Bench.request(spec, 3, COMMIT_A, limited, SecretEnv.none()));
        assertThat(bench.lines)
                .filteredOn(line -> line.contains("Sending smaller pieces"))
                .hasSize(2);
        assertThat(bench.output)
                .filteredOn(Integer.toString(big.length)::equals)
                .hasSize(3);
    }

    /** Does something once, right before this byte of the archive is read. */
    private static Source.Archive beforeByte(Source.Archive archive, long position, Action action) {
        AtomicBoolean done = new AtomicBoolean();
        return new Source.Archive(
                () -> new FilterInputStream(archive.streams().open()) {
                    private long at;

                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        if (length > 0 && at >= position && done.compareAndSet(false, true)) {
                            action.run();
                        }
                        int count = super.read(
                                into, offset, (int) Math.min(length, at < position ? position - at : length));
                        at += Math.max(count, 0);
                        return count;
                    }
                },
                archive.sha256());
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void remove(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Source.Archive archive(Path content) throws Exception {
        Path file = Files.createTempFile(directory, "archive", ".tgz");
        OnHost.run(content, "tar", "-czf", file.toString(), ".");
        byte[] bytes = Files.readAllBytes(file);
        String sum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        return new Source.Archive(() -> new ByteArrayInputStream(bytes), sum);
    }

    private static PreviewSpec deploying(String script) {
        return PreviewSpec.builder()
                .deploy(script)
                .visibility(Visibility.PRIVATE)
                .build();
    }

    private static String commit(Path work, String... files) throws Exception {
        for (String file : files) {
            Files.writeString(work.resolve(file), file);
        }
        OnHost.run(work, "git", "add", "-A");
        OnHost.run(work, "git", "-c", "user.name=t", "-c", "user.email=t@example.net", "commit", "-q", "-m", files[0]);
        return OnHost.run(work, "git", "rev-parse", "HEAD").trim();
    }
}
