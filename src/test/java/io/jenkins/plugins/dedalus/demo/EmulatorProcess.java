package io.jenkins.plugins.dedalus.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./emulator} as a process of its own, and what the demo asks it. */
final class EmulatorProcess {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
    private static final Duration START_LIMIT = Duration.ofMinutes(1);
    private static final String API_KEY = "dsk-demo";

    private final String baseUrl;
    private final DedalusClient client;

    private EmulatorProcess(String baseUrl) {
        this.baseUrl = baseUrl;
        this.client = DedalusClient.builder().baseUrl(baseUrl).apiKey(API_KEY).build();
    }

    /**
     * Starts it on a free port with its machines below the given directory, and waits until it says where it is.
     *
     * @param packages what machines can install; null: nothing
     */
    static EmulatorProcess start(Children children, Path root, Path directory, Path packages) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "./emulator",
                "--port=0",
                "--api-key=" + API_KEY,
                "--state=" + directory.resolve("state"),
                "--wake-delay=250ms"));
        if (packages != null) {
            command.add("--packages=" + packages);
        }
        Child process = children.start("emulator", root, directory.resolve("emulator.log"), command);
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            Matcher address = ADDRESS.matcher(process.log());
            if (address.find()) {
                return new EmulatorProcess(address.group());
            }
            Pause.briefly();
        }
        throw new Deviation(
                "The emulator did not start. It said: " + process.log().strip());
    }

    String baseUrl() {
        return baseUrl;
    }

    String apiKey() {
        return API_KEY;
    }

    /** Waits until that many machines sleep; false if they don't within the limit. */
    boolean awaitAsleep(int machines, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < deadline) {
            long asleep = machines().stream()
                    .filter(machine -> machine.phase().equals(MachinePhase.SLEEPING))
                    .count();
            if (asleep == machines) {
                return true;
            }
            Pause.briefly();
        }
        return false;
    }

    /** How often a machine was told to wake since the start. */
    int wakeCalls() throws IOException {
        URI calls = URI.create(baseUrl + "/_emulator/calls?method=POST&path=/v1/machines/%7Bid%7D/wake");
        try (InputStream answer = calls.toURL().openStream()) {
            return new ObjectMapper().readTree(answer).path("count").asInt();
        }
    }

    /** Lets something go wrong, once. */
    void arm(String fault) throws IOException {
        HttpURLConnection call = (HttpURLConnection)
                URI.create(baseUrl + "/_emulator/faults").toURL().openConnection();
        call.setRequestMethod("POST");
        call.setDoOutput(true);
        call.getOutputStream().write(("{\"kind\":\"" + fault + "\"}").getBytes(StandardCharsets.UTF_8));
        if (call.getResponseCode() / 100 != 2) {
            throw new Deviation("The emulator refused the fault " + fault + ": HTTP " + call.getResponseCode() + ".");
        }
    }

    /** Machines that are not destroyed, each with its phase. */
    List<String> machinesLeft() {
        return machines().stream()
                .filter(machine -> !machine.phase().equals(MachinePhase.DESTROYED))
                .map(machine -> machine.machineId() + " " + machine.phase().value())
                .toList();
    }

    private List<Machine> machines() {
        return client.machines().listAll(RequestOptions.none());
    }

    /** Forgets the connection; the process itself is the stage's to end. */
    void close() {
        client.close();
    }
}
