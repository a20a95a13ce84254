package bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How long a server-sent event is on its way. */
final class Events {
    private static final double GOAL_MILLIS = 50;

    private record Times(double median, double slowest) {}

    private Events() {}

    static List<Row> measure(Stage stage) throws Exception {
        run(stage.routerPort);
        Times theirs = run(stage.nginxPort);
        Times ours = run(stage.routerPort);
        return List.of(
                new Row(
                        "server-sent event on its way, median, ms",
                        Row.number(theirs.median),
                        Row.number(ours.median),
                        Row.number(ours.median / theirs.median),
                        ""),
                new Row(
                        "server-sent event on its way, slowest of " + Origin.EVENTS + ", ms",
                        Row.number(theirs.slowest),
                        Row.number(ours.slowest),
                        "",
                        Row.goal("≤ 50 ms", ours.slowest <= GOAL_MILLIS)));
    }

    private static Times run(int port) throws Exception {
        List<Double> millis = new ArrayList<>();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET /live/events HTTP/1.1\r\nHost: live.localhost\r\nAccept: text/event-stream\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            while (millis.size() < Origin.EVENTS) {
                String line = lines.readLine();
                if (line == null) {
                    throw new IllegalStateException("Only " + millis.size() + " events came.");
                }
                if (line.startsWith("data: ")) {
                    millis.add((System.nanoTime() - Long.parseLong(line.substring(6))) / 1e6);
                }
            }
        }
        double[] sorted = millis.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return new Times(sorted[sorted.length / 2], sorted[sorted.length - 1]);
    }
}
