package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.client.error.AuthenticationException;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.IdempotencyKeyReusedException;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.error.PermissionException;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.error.QuotaException;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.room.MachineLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes a machine exactly once: the intent is on the disk before the call, and the very same request is sent again after a
 * crash. Once its key is too old for that, the account's machines are looked through and, in doubt, a person is asked.
 */
final class Creation {
    /** How long other previews' creates that are under way are waited for before a person is asked. */
    private static final Duration DISPUTE = Duration.ofMinutes(1);

    private static final String SAY_WHICH =
            " person has to say which machine belongs to this preview, or that none does: on"
                    + " the preview's page, or with the router's command adopt.";

    private final Operation operation;
    private final EngineContext parts;
    private final RecordEditor editor;
    /** Whether a try of the intent may have made a machine although no answer named one; an intent found on disk counts. */
    private boolean doubtful = true;

    private Long disputedSince;

    Creation(Operation operation) {
        this.operation = operation;
        this.parts = operation.parts;
        this.editor = operation.editor;
    }

    /** Writes down what is about to be made; or says which limit has no room. */
    Optional<MachineLimits.Full> intend(PreviewSpec spec) {
        parts.whereabouts().requireAccount(operation.urgent());
        boolean serverTime = parts.learnTime(operation.options());
        MachineIntent intent = new MachineIntent(
                IdempotencyKeys.next(parts.now()),
                spec.vcpu(),
                spec.memoryMib(),
                spec.storageGib(),
                spec.autosleep().format(),
                parts.now(),
                serverTime);
        Optional<MachineLimits.Full> full =
                parts.limits().reserve(editor.key(), () -> editor.save(record -> record.creation(intent)));
        doubtful = full.isPresent() && doubtful;
        return full;
    }

    /** Whether its key is of no use any more; also if the time since can't be told, because it lies far in the future. */
    static boolean tooOld(MachineIntent intent, EngineContext parts) {
        return Duration.between(intent.at(), parts.now())
                        .abs()
                        .compareTo(parts.settings().creationKeyAge())
                > 0;
    }

    /**
     * Carries the intent out, or finds that it never was.
     *
     * @return true if the record has a machine now, or no intent; false if that can't be said yet: look again
     */
    boolean resolve() {
        parts.whereabouts().requireAccount(operation.urgent());
        parts.learnTime(operation.options());
        MachineIntent intent = editor.record().creation();
        if (tooOld(intent, parts)) {
            return inquire(intent, "its key is too old to ask again");
        }
        Machine machine;
        try {
            machine = readable(intent);
        } catch (IdempotencyKeyReusedException e) {
            return inquire(intent, "its key does not find it again");
        } catch (MalformedResponseException e) {
            doubtful = true;
            throw unreadable(intent, e);
        } catch (AuthenticationException | PermissionException e) {
            // The key is no good now: that says nothing of an earlier try, whose answer may have been lost.
            RuntimeException told = capped(e);
            if (told instanceof QuotaException) {
                refused(intent, e);
            }
            throw told;
        } catch (ValidationException | ConflictException e) {
            refused(intent, e);
            throw capped(e);
        } catch (RateLimitException e) {
            // Nothing was made.
            throw e;
        } catch (DedalusException e) {
            doubtful = true;
            throw capped(e);
        }
        if (isOthers(machine.machineId())) {
            operation.progress.line("Machine " + machine.machineId()
                    + ", which this create had made, was given to another preview; asking for a new one.");
            editor.save(record -> record.creation(null));
            return true;
        }
        own(machine.machineId(), intent);
        return true;
    }

    private boolean isOthers(String machineId) {
        String id = MachineIds.canonical(machineId);
        return Stream.concat(parts.ledger().list().stream(), parts.limits().neighbours().stream())
                .filter(record -> !record.key().equals(editor.key()))
                .flatMap(record -> record.machines().stream())
                .anyMatch(owned -> MachineIds.canonical(owned).equals(id));
    }

    /** An answer that was cut off or garbled on its way may be whole the second time: the key makes it the same machine. */
    private Machine readable(MachineIntent intent) {
        try {
            return send(intent);
        } catch (MalformedResponseException e) {
            doubtful = true;
            operation.progress.line(e.getMessage() + " Asking for the same machine again.");
            return send(intent);
        }
    }

    private Machine send(MachineIntent intent) {
        return parts.call("create", () -> parts.client()
                .machines()
                .create(
                        new MachineCreate(intent.vcpu(), intent.memoryMib(), intent.storageGib(), intent.autosleep()),
                        operation.urgent().withIdempotencyKey(intent.idempotencyKey())));
    }

    private PreviewException unreadable(MachineIntent intent, MalformedResponseException e) {
        return new PreviewException(
                e.getMessage() + " A machine may have been made that this answer does not name: the create of "
                        + intent.at() + " for preview " + editor.key().id()
                        + " stays in the ledger as unanswered. The next build asks for the same machine again, or a"
                        + SAY_WHICH,
                e);
    }

    void own(String machineId, MachineIntent intent) {
        MachineInfo info = new MachineInfo(
                machineId, intent.vcpu(), intent.memoryMib(), intent.storageGib(), intent.autosleep(), parts.now());
        editor.save(record -> record.machine(info).creation(null));
    }

    /** A clear no to this try, so nothing is to be replayed; what an earlier try made is another question. */
    private void refused(MachineIntent intent, DedalusException no) {
        if (doubtful) {
            inquire(intent, "the same create is refused now (" + no.getMessage() + ")");
        } else {
            editor.save(record -> record.creation(null));
        }
    }

    /** Nothing can be replayed: no machine that it may have made means that it made none. */
    private boolean inquire(MachineIntent intent, String why) {
        Unclaimed unclaimed = Unclaimed.find(parts, editor.key(), intent, operation.options());
        if (unclaimed.disputed() && waits()) {
            return false;
        }
        List<Machine> candidates = unclaimed.machines();
        if (candidates.isEmpty() && unclaimed.disputed()) {
            throw new PreviewException(
                    "Whether the create of " + intent.at() + " for preview "
                            + editor.key().id()
                            + " made a machine can't be said while other previews' machines are being made. Build again later.");
        }
        if (candidates.isEmpty()) {
            operation.progress.line("An earlier create of " + intent.at() + " made no machine.");
            editor.save(record -> record.creation(null));
            return true;
        }
        String names = candidates.stream()
                .map(machine -> machine.machineId() + " (made " + machine.createdAt() + ")")
                .collect(Collectors.joining(", "));
        throw new PreviewException("Whether the create of " + intent.at() + " for preview "
                + editor.key().id()
                + " made a machine is unknown, and " + why + ". It may be one of: " + names
                + ". A" + SAY_WHICH);
    }

    private boolean waits() {
        disputedSince = disputedSince == null ? Long.valueOf(parts.nanos()) : disputedSince;
        return parts.since(disputedSince).compareTo(DISPUTE) < 0;
    }

    private static RuntimeException capped(DedalusException e) {
        String code = e.errorCode().orElse("");
        // A server that fails says nothing of what the plan allows.
        boolean cap =
                e.status() < 500 && (code.contains("QUOTA") || (code.contains("LIMIT") && !code.startsWith("RATE")));
        return cap
                ? new QuotaException(
                        e.getMessage() + " The account's plan caps its machines: close a preview, or change the plan.",
                        e)
                : e;
    }
}
