package bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Measures what the engine costs and appends it to the results. */
public final class EngineBench {
    private static final String BEGIN = "<!-- bench/engine -->";
    private static final String END = "<!-- end of bench/engine -->";

    private EngineBench() {}

    /**
     * One line.
     *
     * @param before what it was before November 2026; empty if nobody measured it
     */
    record Row(String what, String before, String now, String goal) {}

    /** What was measured before, where it was measured with as many records. */
    static String known(int size, String value) {
        return size == 10_000 ? value : "";
    }

    /** Takes {@code --root}, {@code --quick} and {@code --only}. */
    public static void main(String[] args) throws Exception {
        List<String> given = Arrays.asList(args);
        Path root = Path.of(given.get(given.indexOf("--root") + 1));
        boolean quick = given.contains("--quick");
        Set<String> only = given.contains("--only")
                ? Set.of(given.get(given.indexOf("--only") + 1).split(","))
                : Set.of("ledger", "wakes", "builds");
        double before = load();
        List<Row> rows = new ArrayList<>();
        if (only.contains("ledger")) {
            rows.addAll(LedgerCost.measure(quick ? 1000 : 10_000));
        }
        if (only.contains("wakes")) {
            rows.addAll(Storms.wakes(quick ? 100 : 1000));
        }
        if (only.contains("builds")) {
            rows.addAll(Storms.builds(quick ? 20 : 200));
        }
        String text = page(rows, before);
        System.out.println(text);
        if (!quick && !given.contains("--only")) {
            append(root.resolve("bench/RESULTS.md"), text);
        }
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String page(List<Row> rows, double before) {
        StringBuilder text = new StringBuilder("## The engine\n\n`bench/engine` on " + LocalDate.now() + ": "
                + Runtime.getRuntime().availableProcessors() + " processors, Java " + System.getProperty("java.version")
                + ", " + Runtime.getRuntime().maxMemory() / 1048576 + " MB of heap; load average "
                + String.format(Locale.ROOT, "%.1f before, %.1f after", before, load())
                + ". The API is a process of its own that only answers. The ledger is on this machine's disk, forced for"
                + " each put.\n\n| measured | before | now | goal |\n|---|---|---|---|\n");
        rows.forEach(row -> text.append(
                "| " + row.what + " | " + row.before + " | " + row.now + " | " + row.goal + " |\n"));
        return text.toString();
    }

    /** Replaces what an earlier run appended. */
    private static void append(Path page, String text) throws Exception {
        String all = Files.readString(page);
        int begin = all.indexOf(BEGIN);
        int end = all.indexOf(END);
        String kept = begin < 0 || end < begin
                ? all.stripTrailing() + "\n\n"
                : all.substring(0, begin) + all.substring(end + END.length()).stripLeading();
        Files.writeString(page, kept.stripTrailing() + "\n\n" + BEGIN + "\n" + text + END + "\n");
    }
}
