package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.emulator.FaultControl;
import io.jenkins.plugins.dedalus.emulator.relay.PreviewGate;
import io.jenkins.plugins.dedalus.emulator.relay.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Who may pass to one preview's machine, and when. */
final class PreviewDoor implements PreviewGate {
    private static final int GATEWAY_STATUS = 502;
    private static final Set<String> FRAMEWORKS = Set.of("vite", "webpack", "rails", "django");

    private final World world;
    private final Machine machine;
    private final Preview preview;

    PreviewDoor(World world, Machine machine, Preview preview) {
        this.world = world;
        this.machine = machine;
        this.preview = preview;
    }

    @Override
    public Verdict admit(RequestHead head) {
        if (!preview.visibility.equals("public") && !authorized(head)) {
            return new Answer(
                    401, ErrorCode.AUTH_REQUIRED.name(), "This preview wants Authorization: Bearer <API key>.");
        }
        if (!machine.routable || preview.route == null) {
            return new Answer(503, "machine_not_routable", "The machine is not running.");
        }
        if (happens(Fault.Kind.PREVIEW_REFUSE, head).isPresent()) {
            return new Refuse();
        }
        Optional<Fault> gateway = happens(Fault.Kind.PREVIEW_GATEWAY, head);
        if (gateway.isPresent()) {
            int status =
                    gateway.get().status() == 0 ? GATEWAY_STATUS : gateway.get().status();
            String code = gateway.get().errorCode() == null
                    ? "machine_not_routable"
                    : gateway.get().errorCode();
            String host = head.header("Host").orElse("").replaceAll("[^A-Za-z0-9.:\\[\\]-]", "");
            return new Answer(status, code, FRAMEWORKS.contains(code) ? host : "The gateway can't reach the machine.");
        }
        FaultControl faults = world.faults();
        long delay = faults.take(fault -> concerns(fault, Fault.Kind.PREVIEW_DELAY, head))
                .map(Fault::delayMs)
                .orElse(0L);
        return faults.take(fault -> concerns(fault, Fault.Kind.PREVIEW_RESET, head))
                .map(reset -> new Pass(preview.route, delay, reset.afterBytes(), reset.request()))
                .orElseGet(() -> new Pass(preview.route, delay, -1, false));
    }

    private boolean authorized(RequestHead head) {
        byte[] wanted = ("Bearer " + world.config().apiKey()).getBytes(StandardCharsets.UTF_8);
        return head.header("Authorization")
                .filter(given -> MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), wanted))
                .isPresent();
    }

    private boolean concerns(Fault fault, Fault.Kind kind, RequestHead head) {
        return fault.kind() == kind && fault.concerns(machine.id) && fault.concerns(head.method(), head.path());
    }

    /** A fault that may hold only for a while after a wake, and is then not used up. */
    private Optional<Fault> happens(Fault.Kind kind, RequestHead head) {
        Optional<Fault> once = world.faults().take(fault -> fault.delayMs() == 0 && concerns(fault, kind, head));
        return once.isPresent()
                ? once
                : world.faults()
                        .peek(fault ->
                                fault.delayMs() > 0 && concerns(fault, kind, head) && sinceWake() < fault.delayMs());
    }

    private long sinceWake() {
        return Duration.between(machine.transitionAt, world.now()).toMillis();
    }

    @Override
    public void hit() {
        machine.touch(world.now());
    }
}
