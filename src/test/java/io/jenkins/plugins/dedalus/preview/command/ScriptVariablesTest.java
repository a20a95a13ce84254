package io.jenkins.plugins.dedalus.preview.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.preview.command.MachineShell.Outcome;
import java.io.IOException;
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
    void whatIsLeftForLaterHasThemToo() {
        Map<String, String> env = new HashMap<>(SHORT);
        env.put("DEDALUS_PRIVATE_NAMES", String.join(" ", SHORT.keySet()));
        String run = "printf %s true | {\n" + shell.script("heal.sh", "script.sh", "run.sh") + "}\n";
        assertThat(shell.run(run, env, "", "deploy").code()).isZero();

        assertThat(shell.run(". \"$HOME/.dedalus-preview/deploy\"; script_env; " + PRINT, Map.of()))
                .isEqualTo(new Outcome(0, "0 1 2 3 4\n"));
    }
}
