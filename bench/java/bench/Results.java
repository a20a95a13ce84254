package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page that is kept. What people wrote below the marker stays. */
final class Results {
    private static final String MARKER = "<!-- written by hand from here on -->";

    private Results() {}

    static String page(Path root, String table) throws Exception {
        return "# Benchmarks\n\n`bench/run` on " + LocalDate.now() + ": " + machine() + ". "
                + "Client, origin and proxies share the processors, so the ratios count, not the figures.\n"
                + "nginx proxies with 2 workers and 256 kept connections; our router runs with 512 MB of heap.\n\n"
                + table + "\n" + MARKER + kept(root.resolve("bench/RESULTS.md"));
    }

    private static String kept(Path page) throws IOException {
        String before = Files.exists(page) ? Files.readString(page) : "";
        int from = before.indexOf(MARKER);
        return from < 0 ? "\n" : before.substring(from + MARKER.length());
    }

    private static String machine() throws Exception {
        String cpu = Files.exists(Path.of("/proc/cpuinfo")) ? Files.readString(Path.of("/proc/cpuinfo")) : "";
        Matcher model = Pattern.compile("model name\\s*: (.*)").matcher(cpu);
        return Runtime.getRuntime().availableProcessors() + " processors"
                + (model.find() ? " (" + model.group(1).trim() + ")" : "") + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", Java "
                + System.getProperty("java.version") + ", "
                + Shell.run(Duration.ofSeconds(10), "nginx", "-v").trim();
    }
}
