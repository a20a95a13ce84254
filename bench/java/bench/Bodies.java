package bench;

import java.time.Duration;
import java.util.List;

/** 1 GiB down and up, by curl. */
final class Bodies {
    private static final long GIB = 1L << 30;

    private Bodies() {}

    static List<Row> measure(Stage stage) throws Exception {
        double theirsDown = GIB / down(stage.nginxPort);
        double oursDown = GIB / down(stage.routerPort);
        double theirsUp = GIB / up(stage.nginxPort);
        double oursUp = GIB / up(stage.routerPort);
        return List.of(row("1 GiB down, MiB/s", theirsDown, oursDown), row("1 GiB up, MiB/s", theirsUp, oursUp));
    }

    private static Row row(String what, double theirs, double ours) {
        double mib = 1 << 20;
        return new Row(what, Row.number(theirs / mib), Row.number(ours / mib), Row.number(ours / theirs), "");
    }

    private static double down(int port) throws Exception {
        return curl("-H", "Host: static-0.localhost", "-o", "/dev/null", "http://127.0.0.1:" + port + "/1g");
    }

    private static double up(int port) throws Exception {
        String upload = "head -c 1073741824 /dev/zero | curl -sS --fail -X POST -T - -H 'Expect:' -H 'Host: live.localhost' -o /dev/null"
                + " -w '%{time_total}' http://127.0.0.1:" + port + "/live/up";
        return Double.parseDouble(Shell.run(Duration.ofMinutes(5), "bash", "-o", "pipefail", "-c", upload).trim());
    }

    private static double curl(String... more) throws Exception {
        String[] command = new String[more.length + 5];
        System.arraycopy(new String[] {"curl", "-sS", "--fail", "-w", "%{time_total}"}, 0, command, 0, 5);
        System.arraycopy(more, 0, command, 5, more.length);
        return Double.parseDouble(Shell.run(Duration.ofMinutes(5), command).trim());
    }
}
