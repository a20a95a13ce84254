package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.CallScope;
import io.jenkins.plugins.dedalus.client.call.Calls;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.Transport;
import io.jenkins.plugins.dedalus.client.call.Wire;
import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Follows one machine's lifecycle stream, and reopens it where it broke, until the machine has settled. */
final class MachineWatch {

    private final Calls calls;
    private final String machineId;
    private final Consumer<Machine> onStatus;
    private final CallScope scope;
    private final String doing;
    private String lastEventId;
    private Duration reconnect;
    private Machine last;
    private int quietRounds;
    private RuntimeException refused;

    MachineWatch(Calls calls, String machineId, Consumer<Machine> onStatus, CallScope scope) {
        this.calls = calls;
        this.machineId = machineId;
        this.onStatus = onStatus;
        this.scope = scope;
        this.doing = "watch machine " + machineId;
    }

    Machine run() {
        while (true) {
            if (stream()) {
                return last;
            }
            // The stream ended early, or there was nothing to tell: a read settles which.
            Machine read = calls.json(ApiRequest.readMachine(machineId), calls.oneCall(scope), Wire::machine);
            if (!read.equals(last)) {
                hand(read);
            }
            if (settled(read)) {
                return read;
            }
            calls.pauses().pause(calls.policy().delay(quietRounds++, Optional.ofNullable(reconnect)), scope, doing);
        }
    }

    /** Whether the machine has settled. */
    private boolean stream() {
        ApiRequest request = ApiRequest.of("GET", doing, "v1", "machines", machineId, "status", "stream")
                .withHeader("Accept", "text/event-stream")
                .asStream();
        if (lastEventId != null) {
            request = request.withHeader("Last-Event-ID", lastEventId);
        }
        boolean settled;
        try {
            settled = calls.exchange(request, scope, this::read);
        } catch (NotFoundException e) {
            // The machine is gone, or the server has no such stream: the read that follows tells, and goes on telling.
            return false;
        }
        if (refused != null) {
            throw refused;
        }
        return settled;
    }

    private boolean read(Transport.Answer answer) {
        String type = answer.headers().get("Content-Type");
        if (answer.status() == 204) {
            return false;
        }
        if (type == null || !type.startsWith("text/event-stream")) {
            throw new MalformedResponseException(new ApiFailure(
                    "Could not " + doing + ": the server answered with something else than an event stream. Check the"
                            + " base URL and any proxy in between.",
                    answer.status(),
                    null,
                    null,
                    null,
                    false));
        }
        SseReader events = new SseReader(answer.body(), lastEventId);
        try {
            events.read(event -> {
                if ("status".equals(event.type()) || "message".equals(event.type())) {
                    quietRounds = 0;
                    Machine machine = Json.value(
                            doing, answer.status(), event.data().getBytes(StandardCharsets.UTF_8), Wire::machine);
                    try {
                        hand(machine);
                    } catch (RuntimeException e) {
                        // The listener's own trouble is no trouble of the stream's, and no reason to reopen it.
                        refused = e;
                    }
                }
                lastEventId = events.lastEventId();
                return refused == null && (last == null || !settled(last));
            });
        } catch (IOException e) {
            // A broken stream is expected in long watches: go on from the last event, unless it was us who broke it.
            scope.check(doing);
        }
        lastEventId = events.lastEventId();
        reconnect = events.reconnect();
        return last != null && settled(last);
    }

    private void hand(Machine machine) {
        last = machine;
        onStatus.accept(machine);
    }

    private static boolean settled(Machine machine) {
        MachinePhase phase = machine.phase();
        if (phase.equals(MachinePhase.FAILED) || phase.equals(MachinePhase.DESTROYED)) {
            return true;
        }
        return machine.desiredState().known()
                ? phase.value().equals(machine.desiredState().value())
                : phase.settled();
    }
}
