package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./check} never lies: it runs here with a Maven of the test's making, which leaves reports and says how it went. */
class CheckTest {
    private static final String GOOD = report(3, 0, "<testcase name=\"works\" classname=\"a.ATest\"/>");

    @TempDir
    Path home;

    private record Ran(int exit, String said) {
        String lastLine() {
            return said.lines().reduce((before, line) -> line).orElse("");
        }
    }

    @BeforeEach
    void copy() throws Exception {
        Files.createDirectories(home.resolve("scripts"));
        Files.createDirectories(home.resolve("bin"));
        for (String file : new String[] {"check", "scripts/lib.sh", "pom.xml"}) {
            Files.copy(ProjectFiles.root().resolve(file), home.resolve(file));
        }
        program("demo", "echo demo");
        program("bin/shellcheck", "exit 0");
        maven(GOOD, 0);
    }

    private static String report(int tests, int failures, String cases) {
        return "<testsuite name=\"a.ATest\" time=\"1\" tests=\"" + tests + "\" errors=\"0\" skipped=\"0\" failures=\""
                + failures + "\">\n" + cases + "\n</testsuite>\n";
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(home.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A Maven for which nothing of Jenkins' can be had. */
    private void maven(String report, int exit) throws IOException {
        Files.writeString(home.resolve("report"), report);
        program("bin/mvn", """
                echo "$*" >>'HOME/calls'
                case "$*" in
                *--version*) echo 'Apache Maven 3.9.9' ;;
                *jenkins-core*) echo 'Could not find artifact org.jenkins-ci.main:jenkins-core'; exit 1 ;;
                *' verify'*)
                    mkdir -p 'HOME/router/target/surefire-reports'
                    [ ! -s 'HOME/report' ] || cp 'HOME/report' 'HOME/router/target/surefire-reports/TEST-a.ATest.xml'
                    exit EXIT ;;
                esac""".replace("HOME", home.toString()).replace("EXIT", Integer.toString(exit)));
    }

    private Ran check(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 2];
        command[0] = "bash";
        command[1] = "check";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().merge("PATH", "", (path, nothing) -> home.resolve("bin") + ":" + path);
        builder.environment().put("CI", "true");
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), said);
    }

    @Test
    void aGoodTierIsSaidToBeGoodAndTriedOnceEvenInContinuousIntegration() throws Exception {
        Ran ran = check("--engine");

        assertThat(ran.exit()).as(ran.said()).isZero();
        assertThat(ran.lastLine())
                .startsWith("engine tier passed (3 tests); demo passed. 3 passed, 0 failed, 0 skipped");
        assertThat(Files.readString(home.resolve("calls")))
                .contains("-Dsurefire.rerunFailingTestsCount=0")
                .doesNotContainPattern("rerunFailingTestsCount=[^0]");
    }

    @Test
    void aFailureInTheReportsIsAFailureThoughMavenLetItPass() throws Exception {
        maven(report(3, 1, "<testcase name=\"breaks\" classname=\"a.ATest\"><failure/></testcase>"), 0);

        Ran ran = check("--engine");

        assertThat(ran.exit()).isOne();
        assertThat(ran.lastLine())
                .startsWith("FAILED: engine tier FAILED (3 tests); demo did not run. 2 passed, 1 failed");
    }

    @Test
    void aTierThatRanNothingHasNotPassed() throws Exception {
        maven("", 0);

        Ran ran = check("--engine");

        assertThat(ran.exit()).isOne();
        assertThat(ran.lastLine()).startsWith("FAILED: engine tier FAILED (0 tests)");
    }

    @Test
    void aFailedBuildIsAFailureWhateverTheReportsSay() throws Exception {
        maven(GOOD, 1);

        assertThat(check("--engine").exit()).isOne();
    }

    @Test
    void aTierThatCouldNotRunIsTheFirstThingThatTheLastLineSays() throws Exception {
        Ran ran = check();

        assertThat(ran.exit()).as(ran.said()).isZero();
        assertThat(ran.lastLine())
                .startsWith("NOT ALL CHECKED: engine tier passed")
                .contains("Jenkins tier DID NOT RUN");
        assertThat(check("--jenkins").exit()).as("where it is demanded").isOne();
    }

    @Test
    void skippedTestsAreNamed() throws Exception {
        maven(
                report(3, 0, "<testcase name=\"needsMore\" classname=\"a.ATest\">\n<skipped/>\n</testcase>")
                        .replace("skipped=\"0\"", "skipped=\"1\""),
                0);

        Ran ran = check("--engine");

        assertThat(ran.said()).contains("  skipped: a.ATest.needsMore\n");
        assertThat(ran.lastLine()).contains("2 passed, 0 failed, 1 skipped");
    }

    @Test
    void aScriptThatShellcheckRefusesIsAFailure() throws Exception {
        program("bin/shellcheck", "echo \"$*\" | tr ' ' '\\n' >'" + home + "/looked-at'; exit 1");

        Ran ran = check("--engine");

        assertThat(ran.exit()).isOne();
        assertThat(ran.lastLine()).startsWith("FAILED: scripts FAILED.");
        assertThat(Files.readString(home.resolve("looked-at"))).contains("/check\n", "/demo\n", "/scripts/lib.sh\n");
    }
}
