package io.jenkins.plugins.dedalus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.ExecutionOutput;
import io.jenkins.plugins.dedalus.client.transport.AuthenticatingTransport;
import io.jenkins.plugins.dedalus.client.transport.Redactor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything the client says is searched for what it must not say: the API key, env values, stdin. */
class SecretsTest {

    private static final String ENV_SECRET = "env-Tr0ub4dor";
    private static final String STDIN_SECRET = "stdin-Tr0ub4dor and more";

    private final ApiServer api = new ApiServer();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Logger root = Logger.getLogger("");
    private final Logger ours = Logger.getLogger("io.jenkins.plugins.dedalus.client");
    private final Handler ear = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            said.add(new SimpleFormatter().format(entry));
        }

        @Override
        public void flush() {
            // Nothing is buffered.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    @BeforeEach
    void listen() {
        ear.setLevel(Level.ALL);
        root.addHandler(ear);
        ours.setLevel(Level.ALL);
    }

    @AfterEach
    void close() {
        root.removeHandler(ear);
        ours.setLevel(null);
        api.close();
    }

    @Test
    void noSecretIsEverSaid() {
        String echo =
                "{\"error_code\":\"" + ApiServer.KEY + "\",\"message\":\"bad key Bearer " + ApiServer.KEY + ", env "
                        + ENV_SECRET + ", stdin " + STDIN_SECRET + "\",\"request_id\":\"" + ApiServer.KEY
                        + "\",\"errors\":[{\"location\":\"body\",\"message\":\"" + ENV_SECRET + "\",\"value\":\""
                        + STDIN_SECRET + "\"}]}";
        ExecutionCreate create =
                new ExecutionCreate(List.of("bash"), null, Map.of("TOKEN", ENV_SECRET, "A", "x"), STDIN_SECRET, null);
        for (int status : new int[] {400, 401, 403, 404, 409, 422, 429, 500, 503, 307, 418}) {
            for (int i = 0; i < 3; i++) {
                api.then(ApiServer.json(status, echo)
                        .setHeader("x-request-id", ApiServer.KEY)
                        .build());
            }
            collect(() -> api.client.executions().create("dm-1", create, RequestOptions.none()));
            drain();
        }
        api.thenJson(echo + "trailing");
        collect(() -> api.client.executions().create("dm-1", create, RequestOptions.none()));
        api.then(new MockResponse.Builder().body("<html>" + ApiServer.KEY).build());
        collect(() -> api.client.machines().get("dm-1", RequestOptions.none()));
        said.add(create.toString());
        said.add(api.client.toString());
        said.add(api.builder().toString());
        said.add(new Redactor(ApiServer.KEY).toString());
        said.add(new AuthenticatingTransport(null, ApiServer.KEY, null, "a").toString());
        said.add(ApiRequest.of("GET", "x", "v1")
                .withHeader("Authorization", ApiServer.KEY)
                .withBody(Json.tree(create))
                .toString());

        assertThat(said).hasSizeGreaterThan(20).anyMatch(text -> text.contains("Try 1 to start a command"));
        assertThat(said)
                .noneMatch(text ->
                        text.contains(ApiServer.KEY) || text.contains("Tr0ub4dor") || text.contains("dsk_live"));
    }

    @Test
    void outputIsNotInTheTextOfValues() {
        assertThat(new ExecutionOutput("e", "SECRET", "SECRET", 6, 6, false, true).toString())
                .doesNotContain("SECRET")
                .contains("stdoutBytes=6");
        assertThat(new ExecutionEvent(1, "stdout", null, "SECRET", null, null, null, null, null).toString())
                .doesNotContain("SECRET")
                .contains("6 characters");
        assertThat(new ExecutionEvent(1, "lifecycle", null, null, null, null, null, null, null).toString())
                .contains("chunk=none");
        assertThat(ExecutionCreate.of("true").toString()).contains("stdin=none");
    }

    @Test
    void aLongerSecretGoesAsAWhole() {
        Redactor redactor = new Redactor("key");
        assertThat(redactor.redact("a keyring, a key", List.of("keyring"))).isEqualTo("a (hidden), a (hidden)");
        assertThat(redactor.redact(null, List.of())).isNull();
    }

    private void collect(Runnable call) {
        Throwable thrown = catchThrowable(call::run);
        assertThat(thrown).isInstanceOf(DedalusException.class);
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        DedalusException e = (DedalusException) thrown;
        said.addAll(new ArrayList<>(List.of(
                trace.toString(),
                thrown.toString(),
                e.errorCode().orElse(""),
                e.requestId().orElse(""))));
    }

    /** Uses up what a call without retries left over. */
    private void drain() {
        int before;
        do {
            before = api.requests().size();
            Throwable thrown = catchThrowable(() -> api.client.machines().get("dm-1", RequestOptions.none()));
            if (thrown != null && thrown.getMessage().contains("wrote down no answer")) {
                return;
            }
        } while (api.requests().size() > before);
    }
}
