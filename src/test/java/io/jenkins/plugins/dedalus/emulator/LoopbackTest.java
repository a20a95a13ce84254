package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoopbackTest {
    private static final Path SOURCES = Path.of("../src/test/java/io/jenkins/plugins/dedalus");

    @Test
    void nothingListensBeyondLoopback() throws IOException {
        List<InetAddress> outside = new ArrayList<>();
        for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            Collections.list(network.getInetAddresses()).stream()
                    .filter(address -> !address.isLoopbackAddress())
                    .forEach(outside::add);
        }
        assumeThat(outside).as("addresses beyond loopback").isNotEmpty();
        try (Emulator emulator = Emulator.start(EmulatorConfig.defaults())) {
            Api api = new Api(emulator);
            int apiPort = emulator.baseUrl().getPort();
            int preview = URI.create(api.preview(api.machine(), 3000, "public")).getPort();
            for (InetAddress address : outside) {
                assertThat(refuses(address, apiPort))
                        .as("%s:%d", address, apiPort)
                        .isTrue();
                assertThat(refuses(address, preview))
                        .as("%s:%d", address, preview)
                        .isTrue();
            }
        }
    }

    private static boolean refuses(InetAddress address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 2000);
            return false;
        } catch (ConnectException e) {
            return true;
        }
    }

    @Test
    void everyTestThatAnInvariantNamesExists() throws IOException {
        String invariants = Files.readString(SOURCES.resolve("emulator/INVARIANTS.md"));
        StringBuilder tests = new StringBuilder();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
                tests.append(Files.readString(file));
            }
        }
        List<String> missing = new ArrayList<>();
        Matcher named = Pattern.compile("`(?:(\\w+Test)\\.?)?(\\w*)`").matcher(invariants);
        while (named.find()) {
            boolean isTest = named.group(1) != null;
            if (isTest && !tests.toString().contains("class " + named.group(1) + " {")) {
                missing.add(named.group(1));
            }
            boolean method = named.group(2).matches("[a-z]+[A-Z]\\w+");
            if (method && !tests.toString().contains("void " + named.group(2) + "(")) {
                missing.add(named.group(2));
            }
        }
        assertThat(missing).isEmpty();
    }
}
