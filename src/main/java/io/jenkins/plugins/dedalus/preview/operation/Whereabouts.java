package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.Caller;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.error.DoubtfulAbsenceException;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.LedgerKeys;
import io.jenkins.plugins.dedalus.preview.ledger.LedgerOrigin;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.wake.MachineStates;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The one rule of when a machine that isn't found is gone. A 404 alone proves nothing: asked with the key of another
 * organisation, or on a bad day of Dedalus, every machine is a 404 and goes on costing money. It counts if
 *
 * <ul>
 *   <li>the key and its organisation have seen a machine of this ledger before, or a person said that they belong together;
 *   <li>in the same look Dedalus shows another machine of this ledger, or a list without the missing one;
 *   <li>a second such look, some time later, says the same, and no look in between found the machine.
 * </ul>
 *
 * <p>So a ledger's machines are all in one account: with a key that has seen none of them nothing is made either. Thread-safe.
 */
public final class Whereabouts {
    private final DedalusClient client;
    private final PreviewLedger ledger;
    private final SecondLook<String> missing;

    public Whereabouts(
            DedalusClient client, PreviewLedger ledger, LifecycleSettings settings, EngineScheduler scheduler) {
        this.client = client;
        this.ledger = ledger;
        this.missing = new SecondLook<>(scheduler, settings.secondLook());
    }

    /**
     * Reads a machine of the ledger's.
     *
     * @return empty if it is gone
     * @throws DoubtfulAbsenceException if it isn't found, and that proves nothing yet
     * @throws PreviewException if it isn't found, and the key may be that of another account
     */
    public Optional<Machine> read(String machineId, RequestOptions options) {
        return read(machineId, options, false);
    }

    /** As {@link #read}: whether a machine of the ledger's is wiped. */
    public boolean isGone(String machineId, RequestOptions options) {
        return read(machineId, options).map(MachineStates::isGone).orElse(true);
    }

    /** As {@link #read}, but one look is enough if the machine's deletion was accepted a moment ago. */
    Optional<Machine> read(String machineId, RequestOptions options, boolean deleted) {
        Caller before = caller();
        try {
            Machine machine = client.machines().get(machineId, options);
            missing.refutes(MachineIds.canonical(machineId));
            if (before != null && before == caller()) {
                ledger.keys().add(before);
            }
            return Optional.of(machine);
        } catch (NotFoundException e) {
            if (isGone(machineId, before, options, deleted)) {
                return Optional.empty();
            }
            throw new DoubtfulAbsenceException(machineId);
        }
    }

    /**
     * Makes sure that calls are made for the account which the ledger's machines are in.
     *
     * @throws PreviewException with a sentence to a person, if that isn't known
     */
    public void requireAccount(RequestOptions options) {
        if (caller() == null) {
            client.machines().list(1, null, options);
        }
        requireAccount(caller(), options);
    }

    /** A person says that the key which is used now belongs to the account of the ledger's machines. */
    public void trust(RequestOptions options) {
        client.machines().list(1, null, options);
        ledger.keys().add(caller());
    }

    /** Forgets what it knew of machines that are no longer the ledger's. */
    public void tidy() {
        missing.retain(ledger.machines());
    }

    private Caller caller() {
        return client.caller().orElse(null);
    }

    private boolean isGone(String machineId, Caller caller, RequestOptions options, boolean deleted) {
        if (caller == null || caller != caller()) {
            return false;
        }
        requireAccount(caller, options);
        boolean counts = answersOtherwise(machineId, options) && caller == caller();
        return counts && (deleted || missing.confirms(MachineIds.canonical(machineId)));
    }

    private void requireAccount(Caller caller, RequestOptions options) {
        LedgerKeys keys = ledger.keys();
        Set<String> owned = ledger.machines();
        if (isKnown(caller, owned)) {
            return;
        }
        boolean seen = client.machines().listAll(options).stream()
                .anyMatch(machine -> owned.contains(MachineIds.canonical(machine.machineId())));
        if (!seen || caller != caller()) {
            throw new PreviewException(
                    "Whether the API key belongs to the account of this ledger's machines is unknown: the"
                            + " key or its organisation has changed, and none of the " + owned.size()
                            + " machines is found with it. Nothing is made, given up or deleted until that is clear. If the key is"
                            + " another account's, set the old one back. If it isn't, and the machines are gone, say so: with the"
                            + " router's command trust-key, or by deleting the file "
                            + ledger.directory().resolve(LedgerOrigin.FILE) + " before the next start.");
        }
        keys.add(caller);
    }

    /** One at a time: of the first two calls with a key, the second would find that there is one, and not yet that it is its own. */
    private synchronized boolean isKnown(Caller caller, Set<String> owned) {
        LedgerKeys keys = ledger.keys();
        if (keys.knows(caller)) {
            return true;
        }
        boolean unanswered = ledger.list().stream().anyMatch(record -> record.creation() != null);
        // A record that can't be read today may own a machine of the account before: an empty ledger looks otherwise.
        if (owned.isEmpty() && (keys.none() || !unanswered && ledger.readsAll())) {
            keys.only(caller);
            return true;
        }
        return false;
    }

    /** Whether Dedalus answers for what else there is: then it is no fault that it doesn't find this one. */
    private boolean answersOtherwise(String machineId, RequestOptions options) {
        String lost = MachineIds.canonical(machineId);
        Optional<String> other = ledger.list().stream()
                .filter(record -> record.operation() == null)
                .map(PreviewRecord::machineId)
                .filter(Objects::nonNull)
                .filter(id -> !MachineIds.canonical(id).equals(lost))
                .findFirst();
        try {
            return other.isPresent() && isThere(other.get(), options) || isNotListed(lost, options);
        } catch (NotFoundException blackout) {
            return false;
        }
    }

    private boolean isThere(String machineId, RequestOptions options) {
        try {
            client.machines().get(machineId, options);
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    private boolean isNotListed(String lost, RequestOptions options) {
        List<Machine> listed = client.machines().listAll(options);
        return listed.stream()
                .noneMatch(machine ->
                        MachineIds.canonical(machine.machineId()).equals(lost) && !MachineStates.isGone(machine));
    }
}
