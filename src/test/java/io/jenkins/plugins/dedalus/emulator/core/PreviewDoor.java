package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.emulator.FaultControl;
import io.jenkins.plugins.dedalus.emulator.relay.PreviewGate;
import io.jenkins.plugins.dedalus.emulator.relay.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;

/** Who may pass to one preview's machine, and when. */
final class PreviewDoor implements PreviewGate {
    private static final int GATEWAY_STATUS = 502;

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
        if (happens(Fault.Kind.PREVIEW_REFUSE).isPresent()) {
            return new Refuse();
        }
        Optional<Fault> gateway = happens(Fault.Kind.PREVIEW_GATEWAY);
        if (gateway.isPresent()) {
            int status =
                    gateway.get().status() == 0 ? GATEWAY_STATUS : gateway.get().status();
            String code = gateway.get().errorCode() == null
                    ? "machine_not_routable"
                    : gateway.get().errorCode();
            return new Answer(status, code, "The gateway can't reach the machine.");
        }
        FaultControl faults = world.faults();
        long delay = faults.take(Fault.Kind.PREVIEW_DELAY, machine.id)
                .map(Fault::delayMs)
                .orElse(0L);
        return faults.take(Fault.Kind.PREVIEW_RESET, machine.id)
                .map(reset -> new Pass(preview.route, delay, reset.afterBytes(), reset.request()))
                .orElseGet(() -> new Pass(preview.route, delay, -1, false));
    }

    private boolean authorized(RequestHead head) {
        byte[] wanted = ("Bearer " + world.config().apiKey()).getBytes(StandardCharsets.UTF_8);
        return head.header("Authorization")
                .filter(given -> MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), wanted))
                .isPresent();
    }

    /** A fault that may hold only for a while after a wake, and is then not used up. */
    private Optional<Fault> happens(Fault.Kind kind) {
        Optional<Fault> once = world.faults()
                .take(fault -> fault.kind() == kind && fault.delayMs() == 0 && fault.concerns(machine.id));
        return once.isPresent()
                ? once
                : world.faults()
                        .peek(kind, machine.id)
                        .filter(fault -> fault.delayMs() > 0 && sinceWake() < fault.delayMs());
    }

    private long sinceWake() {
        return Duration.between(machine.transitionAt, world.now()).toMillis();
    }

    @Override
    public void hit() {
        machine.touch(world.now());
    }
}
