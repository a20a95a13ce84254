package io.jenkins.plugins.dedalus.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** A server on a real socket that answers what the test wrote down, and a client of it on a fake clock. */
public final class ApiServer implements AutoCloseable {

    static final String KEY = "dsk_live_0123456789abcdefKEY";
    public static final String MACHINE = "{\"machine_id\":\"dm-1\",\"vcpu\":1,\"memory_mib\":2048,\"storage_gib\":10,"
            + "\"autosleep_seconds\":300,\"desired_state\":\"running\",\"status\":{\"phase\":\"running\","
            + "\"reason\":\"Ready\",\"retryable\":false,\"revision\":\"7\","
            + "\"last_transition_at\":\"2026-11-24T01:00:00Z\",\"last_progress_at\":\"2026-11-24T01:00:01Z\"}}";

    public final FakeTime time = new FakeTime();
    final DedalusClient client;
    private final MockWebServer server = new MockWebServer();
    private final Queue<MockResponse> answers = new ConcurrentLinkedQueue<>();
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();

    public ApiServer() {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                requests.add(request);
                MockResponse answer = answers.poll();
                return answer != null ? answer : error(418, "{\"message\":\"the test wrote down no answer\"}");
            }
        });
        try {
            server.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        client = builder().build();
    }

    /** A client of this server to be configured further; the jitter is off. */
    public DedalusClient.Builder builder() {
        return DedalusClient.builder()
                .baseUrl(url())
                .apiKey(KEY)
                .clock(time)
                .nanoTime(time::nanoTime)
                .sleeper(time)
                .random(() -> 0)
                .callTimeout(Duration.ofSeconds(10));
    }

    String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    public ApiServer then(MockResponse answer) {
        answers.add(answer);
        return this;
    }

    public ApiServer thenJson(String json) {
        return then(json(200, json).build());
    }

    public ApiServer thenError(int status, String json) {
        return then(error(status, json));
    }

    public static MockResponse.Builder json(int status, String json) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", "application/json")
                .body(json);
    }

    static MockResponse error(int status, String json) {
        return json(status, json).build();
    }

    public List<RecordedRequest> requests() {
        return new ArrayList<>(requests);
    }

    RecordedRequest request(int number) {
        return requests.get(number);
    }

    /** {@code METHOD target} of each request. */
    List<String> lines() {
        return requests.stream().map(r -> r.getMethod() + " " + r.getTarget()).toList();
    }

    List<String> headers(String name) {
        return requests.stream().map(r -> r.getHeaders().get(name)).toList();
    }

    static String body(RecordedRequest request) {
        return request.getBody() == null ? "" : request.getBody().utf8();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
