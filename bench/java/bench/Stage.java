package bench;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlCreate;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlStatus;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Everything that is measured, running: an origin, nginx and our router in front of it, and a machine that sleeps. */
final class Stage implements AutoCloseable {
    static final int ROUTES = 200;
    static final Duration WAKE = Duration.ofMillis(300);
    private static final RequestOptions NONE = RequestOptions.none();

    final int originPort = freePort();
    final int nginxPort = freePort();
    final int routerPort = freePort();
    final int livePort = freePort();
    private Process router;
    private final Path directory;
    private final Emulator emulator;
    private final DedalusClient client;
    private final List<Process> processes = new ArrayList<>();
    private String sleeper;
    private String sleeperUrl;

    static Stage open(Path root) throws Exception {
        Stage stage = new Stage();
        try {
            stage.start(root);
            return stage;
        } catch (Exception e) {
            stage.close();
            throw e;
        }
    }

    private Stage() throws Exception {
        directory = Files.createTempDirectory("dedalus-bench");
        emulator = Emulator.start(EmulatorConfig.builder().wakeDelay(WAKE).build());
        client = DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .build();
    }

    private void start(Path root) throws Exception {
        content();
        live();
        nginx("origin", 1, "  server { listen 127.0.0.1:" + originPort + " backlog=4096; root " + directory + "/www; }\n");
        nginx(
                "proxy",
                2,
                upstream("static", originPort) + upstream("live", livePort)
                        + "  server { listen 127.0.0.1:" + nginxPort + " backlog=4096; client_max_body_size 0;\n"
                        + "    proxy_http_version 1.1; proxy_set_header Connection ''; proxy_request_buffering off;\n"
                        + "    location / { proxy_pass http://static; }\n"
                        + "    location /live/ { proxy_pass http://live; proxy_buffering off; } }\n");
        routes();
        router = router(root);
        await(originPort);
        await(livePort);
        await(nginxPort);
        try {
            await(routerPort);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(Files.readString(directory.resolve("router.log")), e);
        }
    }

    private void live() throws IOException {
        processes.add(new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Origin.class.getName(),
                        Integer.toString(livePort))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("live.log").toFile())
                .start());
    }

    private static boolean answers(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }

    private static String upstream(String name, int port) {
        return "  upstream " + name + " { server 127.0.0.1:" + port + "; keepalive 256; }\n";
    }

    private void content() throws IOException {
        Path www = Files.createDirectories(directory.resolve("www"));
        for (int kib : new int[] {1, 100}) {
            byte[] bytes = new byte[kib * 1024];
            new Random(kib).nextBytes(bytes);
            Files.write(www.resolve(kib + "k"), bytes);
        }
        try (RandomAccessFile big = new RandomAccessFile(www.resolve("1g").toFile(), "rw")) {
            big.setLength(1L << 30);
        }
    }

    private void nginx(String name, int workers, String servers) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        Path conf = home.resolve("nginx.conf");
        Files.writeString(
                conf,
                "worker_processes " + workers + "; daemon off; user root; pid " + home + "/pid; error_log " + home
                        + "/error.log;\nevents { worker_connections 30000; }\nhttp { access_log off; sendfile on;"
                        + " keepalive_requests 10000000; client_body_temp_path " + home + "/body; proxy_temp_path " + home
                        + "/proxy;\n  fastcgi_temp_path " + home + "/f; uwsgi_temp_path " + home + "/u; scgi_temp_path "
                        + home + "/s;\n" + servers + "}\n");
        processes.add(new ProcessBuilder("nginx", "-p", home.toString(), "-c", conf.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("out").toFile())
                .start());
    }

    private void routes() throws Exception {
        String awake = machine("never");
        sleeper = machine("never");
        StringBuilder json = new StringBuilder("{\"version\":1,\"routes\":[");
        for (int i = 0; i < ROUTES; i++) {
            json.append(route("static-" + i, awake, "http://127.0.0.1:" + originPort)).append(',');
        }
        json.append(route("live", awake, "http://127.0.0.1:" + livePort)).append(',');
        sleeperUrl = app(sleeper);
        json.append(route("sleeper", sleeper, sleeperUrl, 1));
        Files.writeString(directory.resolve("routes.json"), json.append("]}\n"));
    }

    private static String route(String label, String machine, String upstream) {
        return route(label, machine, upstream, null);
    }

    private static String route(String label, String machine, String upstream, Integer autosleepSeconds) {
        return "{\"host\":\"" + label + ".localhost\",\"label\":\"" + label + "\",\"machineId\":\"" + machine
                + "\",\"upstream\":\"" + upstream + "\",\"healthPath\":\"/1k\",\"autosleepSeconds\":" + autosleepSeconds + "}";
    }

    private String machine(String autosleep) throws InterruptedException {
        String id = client.machines().create(new MachineCreate(1, 1024, 10, autosleep), NONE).machineId();
        until("the machine", () -> client.machines().get(id, NONE).phase().equals(MachinePhase.RUNNING));
        return id;
    }

    private String app(String machine) throws Exception {
        Path classes = Path.of(Origin.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        String start = "setsid " + System.getProperty("java.home") + "/bin/java -Xmx128m -cp " + classes
                + " bench.SleepyApp >log 2>&1 </dev/null &";
        client.executions()
                .create(machine, new ExecutionCreate(List.of("bash", "-c", start), null, Map.of(), null, null), NONE);
        String preview = client.previews()
                .create(machine, new PreviewUrlCreate(3000, Protocol.HTTP, Visibility.PUBLIC), NONE)
                .previewId();
        until("the preview", () -> client.previews().get(machine, preview, NONE).status().equals(PreviewUrlStatus.READY));
        String url = client.previews().get(machine, preview, NONE).url();
        until("the app", () -> Cold.answers(url));
        return url;
    }

    private Process router(Path root) throws IOException {
        Files.writeString(
                directory.resolve("router.yaml"),
                "state: " + directory.resolve("state") + "\npreviewUrl: http://{label}.localhost:" + routerPort
                        + "\nlisten:\n  port: " + routerPort + "\napi:\n  baseUrl: " + emulator.baseUrl()
                        + "\n  upstreamHosts: [127.0.0.1]\ndirectory:\n  source: file\n  file: "
                        + directory.resolve("routes.json") + "\nlimits:\n  upstreamConnections: 20000\n");
        ProcessBuilder builder = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx512m",
                        "-jar",
                        root.resolve("router/target/dedalus-preview-router.jar").toString(),
                        "serve",
                        "--config",
                        directory.resolve("router.yaml").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("router.log").toFile());
        builder.environment().put("DEDALUS_API_KEY", emulator.apiKey());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** Wakes the sleeper without the router; back when its app answers. */
    URI wakeDirectly() throws Exception {
        client.machines().wake(sleeper, NONE);
        while (!Cold.answers(sleeperUrl)) {
            Thread.sleep(5);
        }
        return URI.create(sleeperUrl);
    }

    /** Puts the sleeper to sleep, and waits until the router no more believes that it is awake: as after a quiet while. */
    void sleep() throws InterruptedException {
        client.machines().sleep(sleeper, NONE);
        until("sleep", () -> client.machines().get(sleeper, NONE).phase().equals(MachinePhase.SLEEPING));
        Thread.sleep(1500);
    }

    long wakes() {
        return emulator.calls().count("POST", ".*/" + sleeper + "/wake");
    }

    /** Bytes of heap in use by the router after a full collection. */
    long routerHeap() throws Exception {
        String pid = Long.toString(router.pid());
        Shell.run(Duration.ofMinutes(1), "jcmd", pid, "GC.run");
        String info = Shell.run(Duration.ofMinutes(1), "jcmd", pid, "GC.heap_info");
        var used = java.util.regex.Pattern.compile("(?:garbage-first heap|def new generation|tenured generation)[^\\n]*used (\\d+)K")
                .matcher(info);
        long total = 0;
        while (used.find()) {
            total += Long.parseLong(used.group(1)) * 1024;
        }
        return total;
    }

    private interface Check {
        boolean done() throws Exception;
    }

    private static void until(String what, Check check) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline) {
            try {
                if (check.done()) {
                    return;
                }
            } catch (Exception e) {
                if (System.nanoTime() >= deadline) {
                    throw new IllegalStateException(e);
                }
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("Not ready after 60 s: " + what + ".");
    }

    private static void await(int port) throws InterruptedException {
        until("port " + port, () -> answers(port));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws Exception {
        for (Process process : processes) {
            process.destroy();
            process.waitFor(40, TimeUnit.SECONDS);
        }
        client.close();
        emulator.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }
}
