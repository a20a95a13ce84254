package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.AuthenticationException;
import io.jenkins.plugins.dedalus.client.ConflictException;
import io.jenkins.plugins.dedalus.client.DedalusException;
import io.jenkins.plugins.dedalus.client.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachineCreate;
import io.jenkins.plugins.dedalus.client.PermissionException;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import io.jenkins.plugins.dedalus.client.ValidationException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Makes a machine exactly once: the intent is on the disk before the call, and the very same request is sent again after a
 * crash. Once its key is too old for that, the account's machines are looked through and, in doubt, a person is asked.
 */
final class Creation {
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(2);

    private final Operation operation;
    private final EngineParts parts;
    private final Desk desk;

    Creation(Operation operation) {
        this.operation = operation;
        this.parts = operation.parts;
        this.desk = operation.desk;
    }

    void intend(PreviewSpec spec) {
        MachineIntent intent = new MachineIntent(
                "create-" + UUID.randomUUID(),
                spec.vcpu(),
                spec.memoryMib(),
                spec.storageGib(),
                spec.autosleep().format(),
                parts.now());
        desk.save(record -> record.creation(intent));
    }

    /** Carries the intent out, or finds that it never was: afterwards the record has a machine, or no intent. */
    void resolve() {
        MachineIntent intent = desk.record().creation();
        if (Duration.between(intent.at(), parts.now())
                        .compareTo(parts.settings().creationKeyAge())
                > 0) {
            expired(intent);
            return;
        }
        Machine machine;
        try {
            machine = parts.call("create", () -> parts.client()
                    .machines()
                    .create(
                            new MachineCreate(
                                    intent.vcpu(), intent.memoryMib(), intent.storageGib(), intent.autosleep()),
                            operation.options().withIdempotencyKey(intent.idempotencyKey())));
        } catch (IdempotencyKeyReusedException e) {
            expired(intent);
            return;
        } catch (AuthenticationException | PermissionException e) {
            // The key is no good now: that says nothing of an earlier try, whose answer may have been lost.
            RuntimeException told = capped(e);
            if (told instanceof QuotaException) {
                desk.save(record -> record.creation(null));
            }
            throw told;
        } catch (ValidationException | ConflictException e) {
            // A clear no: nothing was made, so nothing is to be replayed.
            desk.save(record -> record.creation(null));
            throw capped(e);
        } catch (DedalusException e) {
            throw capped(e);
        }
        own(machine.machineId(), intent);
    }

    void own(String machineId, MachineIntent intent) {
        MachineInfo info = new MachineInfo(
                machineId, intent.vcpu(), intent.memoryMib(), intent.storageGib(), intent.autosleep(), parts.now());
        desk.save(record -> record.machine(info).creation(null));
    }

    private void expired(MachineIntent intent) {
        List<Machine> candidates = candidates(parts, intent, operation.options());
        if (candidates.isEmpty()) {
            operation.progress.line("An earlier create of " + intent.at() + " made no machine; asking anew.");
            desk.save(record -> record.creation(null));
            return;
        }
        String names = candidates.stream()
                .map(machine -> machine.machineId() + " (made " + machine.createdAt() + ")")
                .collect(Collectors.joining(", "));
        throw new PreviewException("Whether the create of " + intent.at() + " for preview "
                + desk.key().id()
                + " made a machine is unknown, and its key is too old to ask again. It may be one of: " + names
                + ". A person has to say which one belongs to this preview, or that none does: on the preview's page, or with"
                + " the router's command adopt.");
    }

    /** The account's machines that an unanswered create may have made: nobody's, not older, and of that size. */
    static List<Machine> candidates(EngineParts parts, MachineIntent intent, RequestOptions options) {
        Instant earliest = intent.at().minus(CLOCK_SKEW);
        Set<String> owned = parts.ledger().machines();
        return parts.client().machines().listAll(options).stream()
                .filter(machine -> !owned.contains(machine.machineId()))
                .filter(machine -> !Machines.isGone(machine))
                .filter(machine ->
                        machine.createdAt() == null || !machine.createdAt().isBefore(earliest))
                .filter(machine -> machine.memoryMib() == 0
                        || (machine.memoryMib() == intent.memoryMib() && machine.storageGib() == intent.storageGib()))
                .toList();
    }

    private static RuntimeException capped(DedalusException e) {
        String code = e.errorCode().orElse("");
        boolean cap = code.contains("QUOTA") || (code.contains("LIMIT") && !code.startsWith("RATE"));
        return cap
                ? new QuotaException(
                        e.getMessage() + " The account's plan caps its machines: close a preview, or change the plan.",
                        e)
                : e;
    }
}
