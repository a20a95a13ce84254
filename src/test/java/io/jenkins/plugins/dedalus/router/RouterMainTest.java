package io.jenkins.plugins.dedalus.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RouterMainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    private int run(String... args) {
        CommandLine line = RouterMain.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    @Test
    void saysItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("dedalus-preview-router ").doesNotContain("${", "unknown");
    }

    @Test
    void helpListsCommandsAndExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("serve", "up", "list", "wake", "sleep", "down", "Exit codes:", "no router runs");
    }

    @Test
    void withoutARouterEveryCommandSaysHowToStartOne() {
        for (String[] command : new String[][] {
            {"list", "--state", dir.toString()},
            {"wake", "1", "--state", dir.toString()},
            {"sleep", "1", "--state", dir.toString()},
            {"down", "1", "--now", "--state", dir.toString()}
        }) {
            assertThat(run(command)).isEqualTo(ExitCodes.NO_ROUTER);
        }
        assertThat(err.toString())
                .contains("No router is running on the state directory " + dir, "serve --config router.yaml")
                .doesNotContain("Exception");
    }

    @Test
    void aBrokenConfigurationIsNamedAndHasAnExitCodeOfItsOwn() throws Exception {
        Path file = dir.resolve("router.yaml");
        Files.writeString(file, "stat: x\n");

        assertThat(run("serve", "--config", file.toString())).isEqualTo(ExitCodes.CONFIG);
        assertThat(err.toString()).contains(file + ":1: stat: is not a known key. Did you mean state?");
        Files.writeString(file, "state: x\n");
        assertThat(run("serve", "--check", "--config", file.toString())).isZero();
    }

    @Test
    void unknownWordsAreUsageErrors() {
        assertThat(run("wakeup")).isEqualTo(ExitCodes.USAGE);
        assertThat(run()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("down", "1", "--grace", "soon", "--state", dir.toString()))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(run("up", "--state", dir.toString())).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void theTableLinesUpAndProblemsFollow() throws Exception {
        var previews = new ObjectMapper().readTree("""
                [{"id":"pr-1-shop-abcd","changeId":"1","state":"READY","machine":"sleeping","commit":"0123456789abcdef",
                  "createdAt":"2026-01-01T00:00:00Z","url":"http://pr-1.localhost:8080/",
                  "lifetime":{"ttl":"2d","seenAt":"2026-01-01T00:00:00Z","expiresAt":"2026-01-03T00:00:00Z",
                              "expiresSoon":true,"pinned":false}},
                 {"id":"pr-22-shop-efgh","changeId":"22","state":"FAILED","problem":"deploy ended with exit code 3.",
                  "createdAt":"2026-01-01T00:00:00Z","url":"http://pr-22.localhost:8080/",
                  "lifetime":{"expiresAt":null,"expiresSoon":false,"pinned":true}}]
                """);

        assertThat(ListCommand.table(previews, Instant.parse("2026-01-01T02:10:00Z")))
                .containsExactly(
                        "PREVIEW          CHANGE  STATE   MACHINE   COMMIT      AGE     ENDS       URL",
                        "pr-1-shop-abcd   #1      ready   sleeping  0123456789  2h 10m  in 1d 21h  http://pr-1.localhost:8080/",
                        "pr-22-shop-efgh  #22     failed  -         -           2h 10m  pinned     http://pr-22.localhost:8080/",
                        "",
                        "pr-1-shop-abcd: nobody looked at it since 2026-01-01 00:00 UTC; it is closed at"
                                + " 2026-01-03 00:00 UTC. To keep it: extend pr-1-shop-abcd 7d, or pin pr-1-shop-abcd.",
                        "pr-22-shop-efgh: deploy ended with exit code 3.");
    }

    @Test
    void progressOffATerminalIsOneLinePerPhase() throws Exception {
        ObjectMapper json = new ObjectMapper();
        try (ProgressPrinter printer = new ProgressPrinter(new PrintWriter(out, true), false)) {
            printer.event(json.readTree("{\"phase\":\"creating the machine\",\"elapsedMs\":100}"));
            printer.event(json.readTree("{\"phase\":\"creating the machine\",\"elapsedMs\":900}"));
            printer.event(
                    json.readTree("{\"phase\":\"deploy\",\"elapsedMs\":2000,\"line\":\"hello\",\"output\":true}"));
        }

        assertThat(out.toString().lines())
                .containsExactly("   0.1 s  creating the machine", "   2.0 s  deploy", "    hello");
    }
}
