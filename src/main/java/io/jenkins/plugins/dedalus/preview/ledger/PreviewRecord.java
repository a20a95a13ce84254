package io.jenkins.plugins.dedalus.preview.ledger;

import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.model.Autosleep;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the ledger keeps about one preview; holds no secret. Everything may be null unless said otherwise.
 *
 * @param key what it belongs to; never null
 * @param label the host label; never null
 * @param state where it stands; never null
 * @param order the newest accepted request's order
 * @param commit the commit that is served; null before the first success
 * @param specDigest of the spec that is served
 * @param change the newest accepted request's change request
 * @param machine the machine it owns
 * @param creation a machine about to be made, whose answer isn't known yet
 * @param retired machines it owned before, until a read says they are gone; never null
 * @param setupOn the machine on which setup succeeded
 * @param ports exposed ports by name, the main one first; never null
 * @param healthPath path probed after a wake
 * @param startable whether a start command was left on the machine
 * @param operation the operation under way or interrupted
 * @param closing set while closing
 * @param problem a sentence about what needs attention
 * @param createdAt when the record was made
 * @param deployedAt when the served commit became ready
 * @param updatedAt when the record last changed
 * @param unfinished a script of an earlier operation that isn't known to have ended: no other begins on its machine before
 * @param stopped whether the app that was served was stopped by a build, or lost with its machine, and no build has succeeded
 *     since: there is nothing to wake
 * @param told what viewers may read of the last build's failure; names no machine and quotes nobody. Null if it did not fail
 * @param answers how long viewers of what is served wait; null where whoever serves them decides
 * @param lifetime how long it stays when nobody looks; never null
 */
public record PreviewRecord(
        PreviewKey key,
        String label,
        PreviewState state,
        long order,
        String commit,
        String specDigest,
        ChangeContext change,
        MachineInfo machine,
        MachineIntent creation,
        List<String> retired,
        String setupOn,
        Map<String, ExposedPort> ports,
        String healthPath,
        boolean startable,
        OperationRecord operation,
        Closing closing,
        String problem,
        Instant createdAt,
        Instant deployedAt,
        Instant updatedAt,
        ExecutionRecord unfinished,
        boolean stopped,
        String told,
        TimeLimits.Answers answers,
        Lifetime lifetime) {

    /** Where the start command is left, below the machine's home. */
    public static final String START_PATH = ".dedalus-preview/start";

    /** Copies the collections and fills what must not be null. */
    public PreviewRecord {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(state, "state");
        retired = retired == null ? List.of() : List.copyOf(retired);
        ports = ports == null || ports.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(ports));
        healthPath = healthPath == null ? "/" : healthPath;
        answers = TimeLimits.Answers.NONE.equals(answers) ? null : answers;
        lifetime = lifetime == null ? Lifetime.NONE : lifetime;
    }

    /**
     * Whether it is gone for viewers: deleted, being deleted, or closing because its change request is known to be closed.
     * An unconfirmed closing may be a mistake: its machine sleeps, and wakes for whoever looks until it is deleted.
     */
    public boolean down() {
        return state == PreviewState.CLOSED || state == PreviewState.CLOSING && !closesInDoubt();
    }

    /** Whether it closes only because its change request looked closed, and nothing has been deleted yet. */
    public boolean closesInDoubt() {
        return state == PreviewState.CLOSING
                && closing != null
                && !closing.confirmed()
                && !TeardownStage.deletes(operation);
    }

    /** Whether it closes only because nobody looked at it, and nothing has been deleted yet. */
    public boolean closesUnseen() {
        return state == PreviewState.CLOSING
                && closing != null
                && closing.unseen()
                && !TeardownStage.deletes(operation);
    }

    /** Whether the other one says the same but for how far a script's output was read, and when that was. */
    boolean sameButOutput(PreviewRecord other) {
        if (operation == null || operation.execution() == null || other.operation() == null) {
            return equals(other);
        }
        OperationRecord asIfRead = other.operation.execution() == null
                ? other.operation
                : other.operation.with(
                        other.operation.execution().at(operation.execution().position()));
        return operation.equals(asIfRead)
                && equals(other.toBuilder()
                        .operation(operation)
                        .updatedAt(updatedAt)
                        .build());
    }

    /** Whether a build succeeded once, and what it brought up was not stopped by a later one. */
    public boolean served() {
        return deployedAt != null && !stopped;
    }

    /** Every machine it answers for: those it owned before, then its own. */
    public List<String> machines() {
        List<String> machines = new ArrayList<>(retired);
        if (machine != null) {
            machines.add(machine.machineId());
        }
        return machines;
    }

    /** The machine's id, or null. */
    public String machineId() {
        return machine == null ? null : machine.machineId();
    }

    /** The main port, or null before any was exposed. */
    public ExposedPort mainPort() {
        return ports.isEmpty() ? null : ports.values().iterator().next();
    }

    /** The main port's Dedalus URL, or null. */
    public String url() {
        ExposedPort main = mainPort();
        return main == null ? null : main.url();
    }

    /** The machine's autosleep; never if unknown, or in a notation that only newer versions know. */
    public Autosleep autosleep() {
        if (machine == null || machine.autosleep() == null) {
            return Autosleep.NEVER;
        }
        try {
            return Autosleep.parse(machine.autosleep());
        } catch (IllegalArgumentException e) {
            return Autosleep.NEVER;
        }
    }

    /** Where a wake of this port leads, or null while there's no machine or no such port with a URL. */
    public WakeTarget wakeTarget(String portName) {
        ExposedPort port = ports.get(portName);
        if (machine == null || port == null || port.url() == null) {
            return null;
        }
        return new WakeTarget(
                machine.machineId(),
                autosleep().duration(),
                java.net.URI.create(port.url()),
                healthPath,
                startable ? START_PATH : null,
                !Visibility.PUBLIC.equals(port.visibility()));
    }

    /** A builder holding this record's values. */
    public PreviewRecordBuilder toBuilder() {
        return new PreviewRecordBuilder(this);
    }
}
