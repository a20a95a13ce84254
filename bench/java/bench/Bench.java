package bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Runs the measurements one after the other and writes what they gave. */
public final class Bench {
    private Bench() {}

    /** Takes {@code --root}, {@code --quick} and {@code --only}. */
    public static void main(String[] args) throws Exception {
        List<String> given = Arrays.asList(args);
        Path root = Path.of(given.get(given.indexOf("--root") + 1));
        boolean quick = given.contains("--quick");
        Set<String> only = given.contains("--only")
                ? Set.of(given.get(given.indexOf("--only") + 1).split(","))
                : Set.of("throughput", "steady", "routes", "cold", "events", "sockets", "bodies");
        List<Row> rows = new ArrayList<>();
        try (Stage stage = Stage.open(root)) {
            int seconds = quick ? 2 : 10;
            if (only.contains("throughput")) {
                rows.addAll(Throughput.measure(stage, seconds));
            }
            if (only.contains("routes")) {
                rows.addAll(Throughput.manyRoutes(stage, seconds));
            }
            if (only.contains("steady")) {
                rows.addAll(Steady.measure(stage, quick ? 4 : 40));
            }
            if (only.contains("cold")) {
                rows.addAll(Cold.measure(stage, quick ? 2 : 10));
            }
            if (only.contains("events")) {
                rows.addAll(Events.measure(stage));
            }
            if (only.contains("bodies")) {
                rows.addAll(Bodies.measure(stage));
            }
            if (only.contains("sockets")) {
                rows.addAll(Sockets.measure(stage, quick ? 500 : Sockets.affordable(10_000)));
            }
        }
        String text = Row.table(rows);
        System.out.println(text);
        if (!quick && !given.contains("--only")) {
            Files.writeString(root.resolve("bench/RESULTS.md"), Results.page(root, text));
        }
    }
}
