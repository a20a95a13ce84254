package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.client.model.MachineUpdate;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.QuotaException;
import io.jenkins.plugins.dedalus.preview.ledger.EnsureStage;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.wake.MachineStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The stages of an ensure that bring about a running machine of the right size. */
final class MachineStages {
    private final EnsureOperation operation;
    private final EngineContext parts;
    private final RecordEditor editor;
    private final PreviewSpec spec;
    private final Creation creation;
    private final Room room;
    private String lastSeen = "";
    private boolean woken;

    MachineStages(EnsureOperation operation, PreviewSpec spec) {
        this.operation = operation;
        this.parts = operation.parts;
        this.editor = operation.editor;
        this.spec = spec;
        this.creation = new Creation(operation);
        this.room = new Room(operation, creation);
    }

    /** Whatever it waited for, it waits no more. */
    void close() {
        room.taken();
    }

    Duration prepare() {
        PreviewRecord record = editor.record();
        parts.client().previews().requireOffered(operation.options());
        deleteRetired(record);
        if (record.machine() != null) {
            return operation.advance(EnsureStage.AWAIT);
        }
        return operation.advance(EnsureStage.CREATE);
    }

    Duration create() {
        if (editor.record().machine() != null) {
            return operation.advance(EnsureStage.AWAIT);
        }
        if (editor.record().creation() == null) {
            Optional<Duration> later = room.take(spec);
            if (later.isPresent()) {
                return later.get();
            }
        }
        try {
            if (!creation.resolve()) {
                return operation.idle();
            }
        } catch (QuotaException e) {
            return room.refused(e);
        }
        room.taken();
        return editor.record().machine() == null ? Duration.ZERO : operation.advance(EnsureStage.AWAIT);
    }

    Duration await() {
        String id = editor.record().machineId();
        if (id == null) {
            return operation.advance(EnsureStage.PREPARE);
        }
        Optional<Machine> read = parts.whereabouts().read(id, operation.options());
        if (read.isEmpty()) {
            return recreate("Machine " + id + " does not exist any more", true);
        }
        Machine machine = read.get();
        String seen = MachineStates.describe(machine);
        if (!seen.equals(lastSeen)) {
            lastSeen = seen;
            operation.lively();
            operation.progress.line("machine " + id + ": " + seen);
        }
        if (MachineStates.isLost(machine)) {
            return recreate("Machine " + id + " is lost: " + seen, MachineStates.isGone(machine));
        }
        if (machine.phase().equals(MachinePhase.RUNNING)) {
            String trouble = MachineStates.memoryTrouble(machine);
            if (trouble != null) {
                operation.progress.line("machine " + id + " " + trouble);
            }
            return operation.advance(EnsureStage.RESIZE);
        }
        if (operation.stageTook().compareTo(spec.limits().machine()) > 0) {
            throw new PreviewException(
                    "Machine " + id + " of preview " + editor.key().id() + " did not run within "
                            + spec.limits().machine().toSeconds() + " s: Dedalus says " + seen
                            + ". It is kept for the next build; tear the preview down to delete it.");
        }
        boolean failed = MachineStates.mayRecover(machine);
        if (failed || (machine.phase().equals(MachinePhase.SLEEPING) && !woken)) {
            parts.call("wake", () -> parts.client().machines().wake(id, operation.urgent()));
            woken = true;
            return failed ? operation.idle() : Duration.ZERO;
        }
        return operation.idle();
    }

    Duration resize() {
        PreviewRecord record = editor.record();
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
            key = IdempotencyKeys.next(parts.now());
            String intended = key;
            editor.saveOperation(op -> op.withCallKey(intended));
        }
        String sent = key;
        try {
            parts.call("resize", () -> parts.client()
                    .machines()
                    .update(has.machineId(), update, operation.urgent().withIdempotencyKey(sent)));
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
        editor.save(changed -> changed.machine(now));
        return operation.advance(EnsureStage.AWAIT);
    }

    /** The record gets a new machine under the same label; the old one, unless it's gone, is deleted by and by. */
    private Duration recreate(String why, boolean gone) {
        PreviewRecord record = editor.record();
        if (record.operation().recreated()) {
            throw new PreviewException(why + ", and so was the one before it. Build again later.");
        }
        operation.progress.line(why + "; making a new one, its data starts empty.");
        String old = record.machineId();
        List<String> retired = new ArrayList<>(record.retired());
        if (!gone) {
            retired.add(old);
        }
        editor.save(changed -> changed.withoutMachine()
                .retired(retired)
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
