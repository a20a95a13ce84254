package io.jenkins.plugins.dedalus.router.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.command.ExecHandle;
import io.jenkins.plugins.dedalus.preview.command.LogRequest;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import io.jenkins.plugins.dedalus.preview.model.Progress;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.preview.operation.PreviewOperation;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import io.jenkins.plugins.dedalus.router.admin.AdminApi;
import io.jenkins.plugins.dedalus.router.admin.AdminCall;
import io.jenkins.plugins.dedalus.router.admin.AdminException;
import io.jenkins.plugins.dedalus.router.admin.EventStream;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The admin API of a router that owns a ledger. */
final class PreviewAdmin implements AdminApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RouterConfig config;
    private final DedalusClient client;
    private final PreviewLedger ledger;
    private final PreviewLifecycle lifecycle;
    private final UpRequests requests;
    private final PreviewJson view;
    private final LinkAdmin links;
    private final LifetimeAdmin lifetimes;

    PreviewAdmin(
            RouterConfig config,
            DedalusClient client,
            PreviewLedger ledger,
            PreviewLifecycle lifecycle,
            UpRequests requests,
            LinkAdmin links) {
        this.config = config;
        this.client = client;
        this.ledger = ledger;
        this.lifecycle = lifecycle;
        this.requests = requests;
        this.links = links;
        this.view = new PreviewJson(
                config.previewUrl(),
                config.access().mode(),
                config.api().viewerKeyFile() != null,
                lifecycle.lifetimes()::now);
        this.lifetimes = new LifetimeAdmin(lifecycle.lifetimes());
    }

    @Override
    public void handle(AdminCall call) {
        if (call.is("GET", 1) && call.parts().get(0).equals("previews")) {
            call.answer(list());
        } else if (call.is("POST", 1) && call.parts().get(0).equals("previews")) {
            up(call);
        } else if (call.is("POST", 1) && call.parts().get(0).equals("trust-key")) {
            call.stream().follow(lifecycle.trustKey(), done -> JSON.createObjectNode()
                    .put("note", "The key is trusted: a machine that isn't found with it counts as deleted."));
        } else if (call.is("POST", 3) && call.parts().get(0).equals("previews")) {
            operation(
                    call,
                    PreviewSelector.select(
                            lifecycle.list(),
                            lifecycle.closed(),
                            config.previewUrl(),
                            call.parts().get(1)));
        } else {
            throw new AdminException(AdminException.Kind.NOT_FOUND, "The admin API knows no " + call + ".");
        }
    }

    private JsonNode list() {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode notes = answer.putArray("notes");
        Map<String, MachinePhase> phases = phases(notes);
        ArrayNode previews = answer.putArray("previews");
        for (PreviewRecord record : lifecycle.list()) {
            if (record.operation() != null && lifecycle.running(record.key()).isEmpty()) {
                notes.add(record.key().id() + ": an operation was interrupted ("
                        + record.operation().stage() + "). Run the same command again; it goes on where it stood.");
            }
            previews.add(view.of(
                    record, record.machineId() == null ? null : phases.get(MachineIds.canonical(record.machineId()))));
        }
        ledger.messages().forEach(notes::add);
        return answer;
    }

    /** One call for all machines; a list without phases is better than none. */
    private Map<String, MachinePhase> phases(ArrayNode notes) {
        Map<String, MachinePhase> phases = new HashMap<>();
        try {
            List<Machine> machines =
                    client.machines().listAll(RequestOptions.none().withDeadline(Duration.ofSeconds(10)));
            machines.forEach(machine -> phases.put(MachineIds.canonical(machine.machineId()), machine.phase()));
            lifecycle.orphans(machines).forEach(notes::add);
        } catch (DedalusException e) {
            notes.add("The machines' phases are missing: " + e.getMessage());
        }
        return phases;
    }

    private void up(AdminCall call) {
        PreviewRequest request = requests.read(call.body());
        checkLabel(request);
        EventStream stream = call.stream();
        request.spec().warnings().forEach(warning -> stream.progress("checking the preview file", 0, warning, false));
        PreviewOperation operation = call.body().hasNonNull("order")
                ? lifecycle.ensure(request, listener(stream))
                : lifecycle.ensureNewest(request, listener(stream));
        stream.follow(operation.result(), record -> view.of(record, null));
    }

    private void checkLabel(PreviewRequest request) {
        for (PreviewRecord other : lifecycle.list()) {
            if (other.label().equals(request.label()) && !other.key().equals(request.key())) {
                throw new AdminException(
                        AdminException.Kind.CONFIG,
                        "The host " + config.previewUrl().host(request.label()) + " belongs to "
                                + other.key().describe()
                                + " already. Take that one down, or put {label} into previewUrl so that every preview gets a"
                                + " host of its own.");
            }
        }
    }

    private void operation(AdminCall call, PreviewRecord record) {
        PreviewKey key = record.key();
        switch (call.parts().get(2)) {
            case "wake" -> wake(call.stream(), key);
            case "sleep" -> {
                EventStream stream = call.stream();
                stream.progress("putting the machine to sleep", 0, null, false);
                stream.follow(lifecycle.sleep(key), outcome -> current(key).put("note", outcome.sentence()));
            }
            case "down" -> {
                Teardown teardown = teardown(call);
                EventStream stream = call.stream();
                stream.follow(
                        lifecycle.teardown(key, teardown, listener(stream)).result(), done -> view.of(done, null));
            }
            case "logs" -> logs(call, key);
            case "reset" -> {
                EventStream stream = call.stream();
                stream.follow(lifecycle.reset(key, listener(stream)).result(), done -> view.of(done, null));
            }
            case "adopt" -> adopt(call, key);
            case "pin", "unpin", "extend" -> {
                CompletableFuture<PreviewRecord> changed = lifetimes.change(call, key);
                call.stream().follow(changed, done -> view.of(done, null));
            }
            default -> links.handle(call, record);
        }
    }

    /** Whoever stops reading a log that is followed lets the machine sleep again. */
    private void logs(AdminCall call, PreviewKey key) {
        JsonNode body = call.body();
        LogRequest request = new LogRequest(
                call.text("service"),
                call.text("script"),
                body.hasNonNull("lines") ? body.path("lines").asInt() : null,
                body.path("follow").asBoolean(false));
        EventStream stream = call.stream();
        ExecHandle reading =
                lifecycle.logs(key, request, (text, stderr, after) -> stream.progress("log", 0, text, true));
        stream.onLeave(() -> reading.cancel("nobody reads it any more"));
        stream.follow(reading.result(), ended -> JSON.createObjectNode()
                .put("id", key.id())
                .put("found", Integer.valueOf(0).equals(ended.exitCode())));
    }

    /** With neither a machine nor {@code none} it only says which there are. */
    private void adopt(AdminCall call, PreviewKey key) {
        String machine = call.text("machine");
        boolean none = Boolean.parseBoolean(call.text("none"));
        EventStream stream = call.stream();
        if (machine == null && !none) {
            stream.follow(lifecycle.candidates(key), machines -> current(key)
                    .put("note", Candidates.describe(lifecycle.status(key), machines)));
        } else {
            stream.follow(lifecycle.resolveCreation(key, none ? null : machine), record -> view.of(record, null)
                    .put(
                            "note",
                            none
                                    ? "The create made no machine; the next build makes one."
                                    : "Machine " + machine + " is this preview's."));
        }
    }

    private void wake(EventStream stream, PreviewKey key) {
        stream.progress("waking the machine", 0, null, false);
        stream.follow(lifecycle.wake(key), awake -> current(key).put("note", say(awake)));
    }

    private static String say(Awake awake) {
        if (awake.believed()) {
            return "It was awake already.";
        }
        return "Awake after " + awake.took().toMillis() + " ms"
                + (awake.repaired() ? "; its memory was gone, so the app was started again." : ".");
    }

    private Teardown teardown(AdminCall call) {
        String grace = call.text("grace");
        String reason = call.text("reason");
        Duration keep = grace == null
                ? config.grace().closed()
                : Durations.parse(grace)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "grace: \"" + grace + "\" must be a duration such as 30m, 24h or 7d."));
        return new Teardown(reason == null ? "taken down by hand" : reason, keep, true);
    }

    private ObjectNode current(PreviewKey key) {
        return lifecycle.status(key).map(record -> view.of(record, null)).orElseGet(() -> JSON.createObjectNode()
                .put("id", key.id()));
    }

    private static ProgressListener listener(EventStream stream) {
        return new ProgressListener() {
            @Override
            public void onProgress(Progress progress) {
                stream.progress(progress.phase(), progress.elapsed().toMillis(), progress.line(), progress.output());
            }

            @Override
            public boolean ready() {
                return stream.ready();
            }
        };
    }
}
