package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As many requests as go through, by wrk; nginx and ours in turn, so that the machine's mood hits both. */
final class Throughput {
    private static final int ROUNDS = 2;
    private static final double GOAL = 0.6;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

    private Throughput() {}

    static List<Row> measure(Stage stage, int seconds) throws Exception {
        List<Row> rows = new ArrayList<>();
        wrk(stage.routerPort, "/1k", 32, Math.max(5, seconds), null); // the JIT compiler's turn
        wrk(stage.routerPort, "/100k", 32, Math.max(3, seconds / 2), null);
        for (String path : List.of("/1k", "/100k")) {
            for (int connections : new int[] {32, 256}) {
                double theirs = 0;
                double ours = 0;
                for (int round = 0; round < ROUNDS; round++) {
                    theirs += wrk(stage.nginxPort, path, connections, seconds, null);
                    ours += wrk(stage.routerPort, path, connections, seconds, null);
                }
                double ratio = ours / theirs;
                rows.add(new Row(
                        "throughput, " + path.substring(1) + "iB, " + connections + " connections, requests/s",
                        Row.number(theirs / ROUNDS),
                        Row.number(ours / ROUNDS),
                        Row.number(ratio),
                        Row.goal("≥ " + GOAL, ratio >= GOAL)));
            }
        }
        return rows;
    }

    static List<Row> manyRoutes(Stage stage, int seconds) throws Exception {
        Path script = Files.createTempFile("routes", ".lua");
        try {
            Files.writeString(
                    script,
                    "local n=0\nrequest = function()\n n=(n+1)%" + Stage.ROUTES
                            + "\n return wrk.format('GET','/1k',{Host='static-'..n..'.localhost'})\nend\n");
            wrk(stage.routerPort, "/1k", 32, Math.max(3, seconds / 2), script);
            double one = 0;
            double many = 0;
            for (int round = 0; round < ROUNDS; round++) {
                one += wrk(stage.routerPort, "/1k", 32, seconds, null);
                many += wrk(stage.routerPort, "/1k", 32, seconds, script);
            }
            return List.of(new Row(
                    "200 routes beside 1, requests/s",
                    "1 route: " + Row.number(one / ROUNDS),
                    "200: " + Row.number(many / ROUNDS),
                    Row.number(many / one),
                    Row.goal("≥ 0.95", many / one >= 0.95)));
        } finally {
            Files.delete(script);
        }
    }

    private static double wrk(int port, String path, int connections, int seconds, Path script)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "wrk", "-t2", "-c" + connections, "-d" + seconds + "s", "-H", "Host: static-0.localhost"));
        if (script != null) {
            command.addAll(List.of("-s", script.toString()));
        }
        command.add("http://127.0.0.1:" + port + path);
        String out = Shell.run(Duration.ofSeconds(seconds + 30L), command.toArray(new String[0]));
        if (out.contains("Non-2xx") || out.contains("Socket errors")) {
            throw new IOException("wrk saw errors: " + out);
        }
        Matcher rate = RATE.matcher(out);
        if (!rate.find()) {
            throw new IOException("wrk printed no rate: " + out);
        }
        return Double.parseDouble(rate.group(1));
    }
}
