package io.jenkins.plugins.dedalus.preview.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.dedalus.preview.command.MachineShell.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Services on this host, with a PostgreSQL of the test's own. */
@DisabledOnOs(OS.WINDOWS)
class ServicesScriptTest {
    @TempDir
    Path directory;

    private MachineShell shell;
    private Path services;
    private int port;

    @BeforeEach
    void aShell() throws IOException {
        shell = new MachineShell(directory);
        services = shell.home.resolve(".dedalus-preview/services");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void nothingIsLeft() {
        if (Files.exists(services.resolve("run"))) {
            shell.run("exec /bin/bash '" + services.resolve("run") + "' stop", Map.of());
        }
    }

    private Outcome ensure(String entries, int seconds) {
        Map<String, String> env = new HashMap<>(Map.of(
                "DEDALUS_PRIVATE_NAMES",
                "COLOUR",
                "COLOUR",
                "it's \"blue\" $HOME",
                "DEDALUS_PRIVATE_SERVICES",
                entries,
                "DEDALUS_PRIVATE_MARK",
                "dm-" + directory.getFileName(),
                "DEDALUS_PRIVATE_CWD",
                "",
                "DEDALUS_PRIVATE_LIMIT",
                Integer.toString(seconds)));
        env.put(
                "DEDALUS_PRIVATE_BODY",
                Scripts.base64(shell.script(
                        "process.sh", "heal.sh", "postgres.sh", "redis.sh", "command-service.sh", "services.sh")));
        return shell.run(shell.script("script.sh", "install-services.sh"), env);
    }

    @Test
    void aServiceThatDoesNotServeIsOneSentence() throws IOException {
        Outcome ended = ensure("bad:command:" + port + ":" + Scripts.base64("echo \"oops $COLOUR\"; exit 3"), 60);
        assertThat(ended.code()).isEqualTo(78);
        assertThat(ended.output())
                .contains("oops it's \"blue\" $HOME\n")
                .endsWith(
                        "[dedalus] the service bad ended with exit code 3; it has to stay in the foreground and answer on port "
                                + port + "\n");
        try (ServerSocket taken = new ServerSocket(port)) {
            assertThat(ensure("mail:command:" + taken.getLocalPort() + ":" + Scripts.base64("sleep 600"), 60))
                    .isEqualTo(new Outcome(
                            78,
                            "[dedalus] port " + port
                                    + " of the service mail is answered by another process: stop that one, or"
                                    + " give the service another port\n"));
        }
        assertThat(ensure("mail:command:" + port + ":" + Scripts.base64("sleep 600"), 1))
                .extracting(Outcome::code, Outcome::output)
                .containsExactly(78, "[dedalus] the service mail did not answer on port " + port + " within 1 s\n");
    }

    @Test
    void aPostgresWithoutServerIsNamed() throws IOException {
        shell.tool("ls", "exit 1");
        shell.tool("postgres", "exit 1");
        assertThat(ensure("postgres:postgres:~5432:" + Scripts.base64("app"), 60))
                .isEqualTo(new Outcome(
                        78, "[dedalus] PostgreSQL is not installed on this machine: add postgresql to packages\n"));
    }

    @Test
    void postgresHasItsDataInTheHomeAndStartsOverALockOfAnEarlierLife() throws IOException {
        aPostgres("");
        String entry = "postgres:postgres:~" + port + ":" + Scripts.base64("shop");
        assertThat(ensure(entry, 60)).isEqualTo(new Outcome(0, "[dedalus] started the services postgres\n"));
        Path data = shell.home.resolve(".dedalus-services/postgres");
        String password = Files.readString(data.resolve("password"));
        assertThat(Files.readString(services.resolve("env")))
                .contains("postgresql://postgres:" + password + "@127.0.0.1:" + port + "/shop}");
        assertThat(shell.run(
                                shell.script("heal.sh") + "services_env; echo \"$DATABASE_URL $PGDATABASE\"",
                                Map.of("DATABASE_URL", "theirs"))
                        .output())
                .as("what the preview says itself counts")
                .isEqualTo("theirs shop\n");
        assertThat(data.resolve("databases")).hasContent("shop");
        assertThat(ensure(entry, 60)).as("it runs").isEqualTo(new Outcome(0, ""));

        shell.run("exec /bin/bash '" + services.resolve("run") + "' stop", Map.of());
        // The number in the lock now belongs to another process.
        Files.writeString(
                data.resolve("data/postmaster.pid"), ProcessHandle.current().pid() + "\n");
        assertThat(ensure(entry, 60)).isEqualTo(new Outcome(0, "[dedalus] started the services postgres\n"));
        assertThat(data.resolve("initialised")).hasContent("once");
    }

    /** As the engine runs a script: its command gets the script on standard input. */
    private Outcome plan(ScriptPlan plan) {
        return shell.run(
                "exec /bin/bash -c \"$COMMAND\" dedalus \"$@\" <<<\"$SCRIPT\"",
                Map.of("COMMAND", plan.command().get(2), "SCRIPT", plan.stdin()),
                plan.command().stream().skip(4).toArray(String[]::new));
    }

    @Test
    void whatAResetRunsGetsThePasswordOfTheNewDatabase() throws IOException {
        aPostgres("");
        ensure("postgres:postgres:~" + port + ":" + Scripts.base64("shop"), 180);
        Path password = shell.home.resolve(".dedalus-services/postgres/password");
        String before = Files.readString(password);
        ScriptPlan deploy = new ScriptPlan(
                "deploy", Scripts.keeping(null, "deploy"), "echo $DATABASE_URL", Map.of(), Duration.ofMinutes(1), true);
        assertThat(plan(deploy).output()).contains(before);

        Outcome reset = plan(ScriptPlans.reset());
        assertThat(reset.code()).as(reset.output()).isZero();
        assertThat(reset.output()).contains(Files.readString(password)).doesNotContain(before);
    }

    /** Two machines may share a network: both find the port free, one of them gets it. */
    @Test
    void aServiceThatFindsItsPortTakenWhenItStartsGetsTheNextOne() throws Exception {
        Path starts = shell.home.resolve("starts");
        Path taken = shell.home.resolve("taken");
        aPostgres("""
                if [ ! -e '%1$s' ]; then
                    : >'%1$s'
                    while [ ! -e '%2$s' ]; do sleep 0.1; done
                    exit 1
                fi
                """.formatted(starts, taken));

        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(
                () -> ensure("postgres:postgres:~" + port + ":" + Scripts.base64("shop"), 180));
        await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(starts) || outcome.isDone());
        try (ServerSocket winner = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            Files.createFile(taken);
            assertThat(outcome.get(3, TimeUnit.MINUTES))
                    .isEqualTo(new Outcome(0, "[dedalus] started the services postgres\n"));
            int next = Integer.parseInt(
                    Files.readString(services.resolve("postgres/port")).strip());
            assertThat(next).isGreaterThan(winner.getLocalPort());
            assertThat(Files.readString(services.resolve("env"))).contains("@127.0.0.1:" + next + "/shop}");
        }
    }

    /**
     * One that refuses to start over a lock of a living process, as the real one does.
     *
     * @param atFirst what its server does first
     */
    private void aPostgres(String atFirst) throws IOException {
        // Also where root runs the tests: it is another user that may not read what is ours.
        shell.tool("id", "[ \"$1\" = -u ] && echo 1000 || echo guest");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        shell.tool("initdb", """
                while [ "$1" != -D ]; do shift; done
                mkdir -p "$2" && echo 99 >"$2/PG_VERSION"
                echo once >>"$2/../initialised"
                """);
        shell.tool("postgres", """
                case $1 in
                    --version) echo 'postgres (PostgreSQL) 99.1'; exit ;;
                    --single) sed -n 's/CREATE DATABASE \\(.*\\)/datname = \\1/p'; exit ;;
                esac
                while [ "$1" != -D ]; do shift; done
                read -r pid 2>/dev/null <"$2/postmaster.pid" && kill -0 "$pid" 2>/dev/null && exit 9
                %s
                printf '%%s\\n\\n\\n\\n\\n\\n\\nready   \\n' $$ >"$2/postmaster.pid"
                PORT=$4 exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx32m -cp '%s' io.jenkins.plugins.dedalus.preview.TinyApp none
                """.formatted(atFirst, java, classes()));
    }

    private static String classes() {
        try {
            return Path.of(ServicesScriptTest.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
