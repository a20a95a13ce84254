package io.jenkins.plugins.dedalus.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.MachineCreate;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.PreviewCreate;
import io.jenkins.plugins.dedalus.client.PreviewStatus;
import io.jenkins.plugins.dedalus.client.Protocol;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import io.jenkins.plugins.dedalus.client.Visibility;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmulatedMachineTest {
    private static final String SERVER = "setsid perl -MIO::Socket::INET -e '$SIG{PIPE}=\"IGNORE\"; $s=IO::Socket::INET->new("
            + "LocalAddr=>\"127.0.0.1\",LocalPort=>($ENV{PORT}||3000),Listen=>50,ReuseAddr=>1) or die; while($c=$s->accept){ $r=<$c>; while(defined($l=<$c>)&&$l!~/^\\r?\\n$/){}; $n++;"
            + " print $c \"HTTP/1.1 200 OK\\r\\nContent-Length: \".length($n).\"\\r\\nConnection: close\\r\\n\\r\\n$n\"; close $c }' >log 2>&1 </dev/null &";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDetachedServerFreezesResumesWithItsCounterAndDies(boolean namespaces) throws Exception {
        try (Emulator emulator = Emulator.start(
                        EmulatorConfig.builder().namespaces(namespaces).build());
                DedalusClient client = DedalusClient.builder()
                        .baseUrl(emulator.baseUrl().toString())
                        .apiKey(emulator.apiKey())
                        .build()) {
            RequestOptions none = RequestOptions.none();
            String id = client.machines().create(new MachineCreate(1, 512, 5, "5m"), none).machineId();
            Awaitility.await().until(() -> client.machines().get(id, none).phase().equals(MachinePhase.RUNNING));
            var execution = client.executions()
                    .create(id, new ExecutionCreate(List.of("bash", "-c", SERVER), null, Map.of(), null, null), none);
            Awaitility.await()
                    .until(() -> client.executions().get(id, execution.executionId(), none).finished());
            var preview = client.previews().create(id, new PreviewCreate(3000, Protocol.HTTP, Visibility.PUBLIC), none);
            Awaitility.await().until(() -> client.previews()
                    .get(id, preview.previewId(), none)
                    .status()
                    .equals(PreviewStatus.READY));
            String url = client.previews().get(id, preview.previewId(), none).url();
            Awaitility.await().untilAsserted(() -> assertThat(get(url)).isEqualTo("1"));
            client.machines().sleep(id, none);
            assertThat(get(url)).contains("machine_not_routable");
            var pids = emulator.machines().get(0).pids();
            assertThat(pids).isNotEmpty();
            client.machines().wake(id, none);
            assertThat(get(url)).isEqualTo("2");
            client.machines().delete(id, none);
            Awaitility.await().until(() -> pids.stream()
                    .noneMatch(pid -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()));
        }
    }

    private static String get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
