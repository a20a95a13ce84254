package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.ConflictException;
import io.jenkins.plugins.dedalus.client.DedalusException;
import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.MachineUpdate;
import io.jenkins.plugins.dedalus.client.NotFoundException;
import io.jenkins.plugins.dedalus.client.ValidationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The stages of an ensure that bring about a running machine of the right size. */
final class MachineStages {
    private final EnsureOperation operation;
    private final EngineParts parts;
    private final Desk desk;
    private final PreviewSpec spec;
    private final Creation creation;
    private String lastSeen = "";
    private boolean woken;

    MachineStages(EnsureOperation operation, PreviewSpec spec) {
        this.operation = operation;
        this.parts = operation.parts;
        this.desk = operation.desk;
        this.spec = spec;
        this.creation = new Creation(operation);
    }

    Duration prepare() {
        PreviewRecord record = desk.record();
        deleteRetired(record);
        if (record.machine() != null) {
            return operation.advance(EnsureStage.AWAIT);
        }
        if (record.creation() == null) {
            Quota.check(parts, record, operation.options());
        }
        return operation.advance(EnsureStage.CREATE);
    }

    Duration create() {
        if (desk.record().machine() != null) {
            return operation.advance(EnsureStage.AWAIT);
        }
        if (desk.record().creation() == null) {
            creation.intend(spec);
        }
        creation.resolve();
        return desk.record().machine() == null ? Duration.ZERO : operation.advance(EnsureStage.AWAIT);
    }

    Duration await() {
        String id = desk.record().machineId();
        if (id == null) {
            return operation.advance(EnsureStage.PREPARE);
        }
        Machine machine;
        try {
            machine = parts.client().machines().get(id, operation.options());
        } catch (NotFoundException e) {
            return recreate("Machine " + id + " does not exist any more", true);
        }
        String seen = Machines.describe(machine);
        if (!seen.equals(lastSeen)) {
            lastSeen = seen;
            operation.lively();
            operation.progress.line("machine " + id + ": " + seen);
        }
        if (Machines.isLost(machine)) {
            return recreate("Machine " + id + " is lost: " + seen, Machines.isGone(machine));
        }
        if (machine.phase().equals(MachinePhase.RUNNING)) {
            return operation.advance(EnsureStage.RESIZE);
        }
        if (operation.stageTook().compareTo(spec.limits().machine()) > 0) {
            throw new PreviewException(
                    "Machine " + id + " of preview " + desk.key().id() + " did not run within "
                            + spec.limits().machine().toSeconds() + " s: Dedalus says " + seen
                            + ". It is kept for the next build; tear the preview down to delete it.");
        }
        boolean failed = Machines.mayRecover(machine);
        if (failed || (machine.phase().equals(MachinePhase.SLEEPING) && !woken)) {
            parts.call("wake", () -> parts.client().machines().wake(id, operation.options()));
            woken = true;
            return failed ? operation.idle() : Duration.ZERO;
        }
        return operation.idle();
    }

    Duration resize() {
        PreviewRecord record = desk.record();
        MachineInfo has = record.machine();
        Integer storage = null;
        if (spec.storageGib() > has.storageGib()) {
            storage = spec.storageGib();
        } else if (spec.storageGib() < has.storageGib()) {
            operation.progress.line("storage stays at " + has.storageGib()
                    + " GiB: it only grows. Tear the preview down to get " + spec.storageGib() + " GiB.");
        }
        MachineUpdate update = new MachineUpdate(
                spec.vcpu() == has.vcpu() ? null : spec.vcpu(),
                spec.memoryMib() == has.memoryMib() ? null : spec.memoryMib(),
                storage,
                spec.autosleep().format().equals(has.autosleep())
                        ? null
                        : spec.autosleep().format());
        if (update.vcpu() == null && update.memoryMib() == null && storage == null && update.autosleep() == null) {
            return operation.advance(operation.afterMachine());
        }
        operation.progress.phase(EnsureStage.RESIZE.phase());
        String key = record.operation().callKey();
        if (key == null) {
            key = "resize-" + UUID.randomUUID();
            String intended = key;
            desk.saveOperation(op -> op.withCallKey(intended));
        }
        String sent = key;
        try {
            parts.call("resize", () -> parts.client()
                    .machines()
                    .update(has.machineId(), update, operation.options().withIdempotencyKey(sent)));
        } catch (ValidationException | ConflictException e) {
            operation.progress.line("The machine keeps its size: " + e.getMessage());
            return operation.advance(operation.afterMachine());
        }
        MachineInfo now = new MachineInfo(
                has.machineId(),
                spec.vcpu(),
                spec.memoryMib(),
                Math.max(has.storageGib(), spec.storageGib()),
                spec.autosleep().format(),
                has.since());
        desk.save(changed -> changed.machine(now));
        return operation.advance(EnsureStage.AWAIT);
    }

    /** The record gets a new machine under the same label; the old one, unless it's gone, is deleted by and by. */
    private Duration recreate(String why, boolean gone) {
        PreviewRecord record = desk.record();
        if (record.operation().recreated()) {
            throw new PreviewException(why + ", and so was the one before it. Build again later.");
        }
        operation.progress.line(why + "; making a new one, its data starts empty.");
        String old = record.machineId();
        List<String> retired = new ArrayList<>(record.retired());
        if (!gone) {
            retired.add(old);
        }
        desk.save(changed -> changed.machine(null)
                .retired(retired)
                .setupOn(null)
                .startable(false)
                .ports(Map.of())
                .operation(record.operation().withRecreated()));
        parts.gate().forget(old, why + "; a new one is being made.");
        woken = false;
        return operation.advance(EnsureStage.PREPARE);
    }

    /** Asks once; only the reconciler or the teardown forgets them, after a read. */
    private void deleteRetired(PreviewRecord record) {
        for (String id : record.retired()) {
            try {
                parts.call("delete retired", () -> parts.client().machines().delete(id, operation.options()));
            } catch (DedalusException e) {
                operation.progress.line("The lost machine " + id + " could not be deleted yet: " + e.getMessage());
            }
        }
    }
}
