package io.jenkins.plugins.dedalus.preview.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.command.MachineShell.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whatever an app calls its variables, our scripts have none of their own that hides them. */
@DisabledOnOs(OS.WINDOWS)
class ScriptVariablesTest {
    private static final Map<String, String> SHORT = Map.of("code", "0", "d", "1", "f", "2", "n", "3", "u", "4");
    private static final String PRINT = "echo \"$code $d $f $n $u\"";

    @TempDir
    Path directory;

    private MachineShell shell;

    @BeforeEach
    void start() throws IOException {
        shell = new MachineShell(directory);
    }

    @Test
    void aScriptFindsThemAsTheyWereGiven() {
        String run = "printf %s '" + PRINT + "' | {\n" + shell.script("heal.sh", "script.sh", "run.sh") + "}\n";

        assertThat(shell.run(run, SHORT, "")).isEqualTo(new Outcome(0, "0 1 2 3 4\n"));
    }

    @Test
    void whatAResetRunsHasThemToo() throws IOException {
        Map<String, String> theirs =
                Map.of("d", "1", "f", "2", "script", "3", "directory", "4", "code", "5", "cmd", "6", "data", "7");
        Map<String, String> env = new HashMap<>(theirs);
        env.put("DEDALUS_PRIVATE_NAMES", String.join(" ", theirs.keySet()));
        String print = "echo \"$d $f $script $directory $code $cmd $data\"";
        String run = "printf %s '" + print + "' | {\n" + shell.script("heal.sh", "script.sh", "run.sh") + "}\n";
        assertThat(shell.run(run, env, "", "deploy").code()).isZero();
        Path services = Files.createDirectories(shell.home.resolve(".dedalus-preview/services"));
        Files.writeString(services.resolve("run"), "exit 0\n");

        assertThat(shell.run(shell.script("process.sh", "heal.sh", "script.sh", "reset.sh"), Map.of()))
                .isEqualTo(new Outcome(0, "1 2 3 4 5 6 7\n"));
    }

    @Test
    void aServicesCommandHasThemToo() {
        String command = Scripts.base64("echo \"$cmd $data $DEDALUS_SERVICE_DATA\"");
        String run = shell.script("command-service.sh")
                + "data=ours; service_env() { export cmd=1 data=2; }; services_env() { :; }; command_run app 1 "
                + command;

        assertThat(shell.run(run, Map.of("DEDALUS_PRIVATE_CWD", ""))).isEqualTo(new Outcome(0, "1 2 ours/app\n"));
    }

    @Test
    void whatIsLeftForLaterHasThemToo() {
        Map<String, String> env = new HashMap<>(SHORT);
        env.put("DEDALUS_PRIVATE_NAMES", String.join(" ", SHORT.keySet()));
        String run = "printf %s true | {\n" + shell.script("heal.sh", "script.sh", "run.sh") + "}\n";
        assertThat(shell.run(run, env, "", "deploy").code()).isZero();

        assertThat(shell.run(". \"$HOME/.dedalus-preview/deploy\"; script_env; " + PRINT, Map.of()))
                .isEqualTo(new Outcome(0, "0 1 2 3 4\n"));
    }
}
