package io.jenkins.plugins.dedalus.preview.ledger;

import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.MachineInfo;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.model.PreviewState;
import io.jenkins.plugins.dedalus.preview.model.TimeLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Changes some values of a {@link PreviewRecord}; see its components. */
public final class PreviewRecordBuilder {
    private final PreviewKey key;
    private String label;
    private PreviewState state = PreviewState.PROVISIONING;
    private long order;
    private String commit;
    private String specDigest;
    private ChangeContext change;
    private MachineInfo machine;
    private MachineIntent creation;
    private List<String> retired = new ArrayList<>();
    private String setupOn;
    private Map<String, ExposedPort> ports = new LinkedHashMap<>();
    private String healthPath = "/";
    private boolean startable;
    private OperationRecord operation;
    private Closing closing;
    private String problem;
    private Instant createdAt;
    private Instant deployedAt;
    private Instant updatedAt;
    private ExecutionRecord unfinished;
    private boolean stopped;
    private String told;
    private TimeLimits.Answers answers;
    private Lifetime lifetime;

    /** Starts an empty record of a preview. */
    public PreviewRecordBuilder(PreviewKey key) {
        this.key = key;
        this.label = key.id();
    }

    PreviewRecordBuilder(PreviewRecord from) {
        this.key = from.key();
        this.label = from.label();
        this.state = from.state();
        this.order = from.order();
        this.commit = from.commit();
        this.specDigest = from.specDigest();
        this.change = from.change();
        this.machine = from.machine();
        this.creation = from.creation();
        this.retired.addAll(from.retired());
        this.setupOn = from.setupOn();
        this.ports.putAll(from.ports());
        this.healthPath = from.healthPath();
        this.startable = from.startable();
        this.operation = from.operation();
        this.closing = from.closing();
        this.problem = from.problem();
        this.createdAt = from.createdAt();
        this.deployedAt = from.deployedAt();
        this.updatedAt = from.updatedAt();
        this.unfinished = from.unfinished();
        this.stopped = from.stopped();
        this.told = from.told();
        this.answers = from.answers();
        this.lifetime = from.lifetime();
    }

    /** Sets the host label. */
    public PreviewRecordBuilder label(String value) {
        this.label = value;
        return this;
    }

    /** Sets the state. */
    public PreviewRecordBuilder state(PreviewState value) {
        this.state = value;
        return this;
    }

    /** Sets the newest accepted order. */
    public PreviewRecordBuilder order(long value) {
        this.order = value;
        return this;
    }

    /** Sets the served commit and the digest of its spec. */
    public PreviewRecordBuilder serving(String commitValue, String digest, Instant at) {
        this.commit = commitValue;
        this.specDigest = digest;
        this.deployedAt = at;
        this.stopped = false;
        return this;
    }

    /** Sets the change request. */
    public PreviewRecordBuilder change(ChangeContext value) {
        this.change = value;
        return this;
    }

    /** Sets the owned machine. */
    public PreviewRecordBuilder machine(MachineInfo value) {
        this.machine = value;
        return this;
    }

    /** Sets the machine about to be made. */
    public PreviewRecordBuilder creation(MachineIntent value) {
        this.creation = value;
        return this;
    }

    /** Sets the machines owned before. */
    public PreviewRecordBuilder retired(List<String> value) {
        this.retired = new ArrayList<>(value);
        return this;
    }

    /** Sets the machine on which setup succeeded. */
    public PreviewRecordBuilder setupOn(String value) {
        this.setupOn = value;
        return this;
    }

    /** Sets the exposed ports, the main one first. */
    public PreviewRecordBuilder ports(Map<String, ExposedPort> value) {
        this.ports = new LinkedHashMap<>(value);
        return this;
    }

    /** Sets or replaces one exposed port. */
    public PreviewRecordBuilder port(ExposedPort value) {
        this.ports.put(value.name(), value);
        return this;
    }

    /** Its machine is given up, with what lay and ran on it. The ports lose their addresses; their hosts stay the preview's. */
    public PreviewRecordBuilder withoutMachine() {
        ports.replaceAll((name, port) -> port.unreachable());
        return machine(null).setupOn(null).startable(false).stopped(true);
    }

    /** Sets the path probed after a wake. */
    public PreviewRecordBuilder healthPath(String value) {
        this.healthPath = value;
        return this;
    }

    /** Sets whether a start command was left on the machine. */
    public PreviewRecordBuilder startable(boolean value) {
        this.startable = value;
        return this;
    }

    /** Sets the operation under way. */
    public PreviewRecordBuilder operation(OperationRecord value) {
        this.operation = value;
        return this;
    }

    /** Puts another operation in place of the one before, whose script stays as unfinished if there is one. */
    public PreviewRecordBuilder begin(OperationRecord value) {
        if (operation != null && operation.execution() != null) {
            unfinished = operation.execution();
        }
        return operation(value);
    }

    /** Ends the operation; its script, which isn't known to have ended, stays as unfinished if there is one. */
    public PreviewRecordBuilder abandon() {
        return begin(null);
    }

    /** Sets the script of an earlier operation that isn't known to have ended. */
    public PreviewRecordBuilder unfinished(ExecutionRecord value) {
        this.unfinished = value;
        return this;
    }

    /** Sets the closing. */
    public PreviewRecordBuilder closing(Closing value) {
        this.closing = value;
        return this;
    }

    /** Sets the sentence about what needs attention. */
    public PreviewRecordBuilder problem(String value) {
        this.problem = value;
        return this;
    }

    /** Sets whether what was served is served no more, until another build succeeds. */
    public PreviewRecordBuilder stopped(boolean value) {
        this.stopped = value;
        return this;
    }

    /** Sets what viewers may read of the last build's failure. */
    public PreviewRecordBuilder told(String value) {
        this.told = value;
        return this;
    }

    /** Sets how long viewers of what is served wait. */
    public PreviewRecordBuilder answers(TimeLimits.Answers value) {
        this.answers = value;
        return this;
    }

    /** Sets how long it stays when nobody looks. */
    public PreviewRecordBuilder lifetime(Lifetime value) {
        this.lifetime = value;
        return this;
    }

    /** Sets when the record was made. */
    public PreviewRecordBuilder createdAt(Instant value) {
        this.createdAt = value;
        return this;
    }

    /** Sets when the record last changed. */
    public PreviewRecordBuilder updatedAt(Instant value) {
        this.updatedAt = value;
        return this;
    }

    /** Makes the record. */
    public PreviewRecord build() {
        return new PreviewRecord(
                key,
                label,
                state,
                order,
                commit,
                specDigest,
                change,
                machine,
                creation,
                retired,
                setupOn,
                ports,
                healthPath,
                startable,
                operation,
                closing,
                problem,
                createdAt,
                deployedAt,
                updatedAt,
                unfinished,
                stopped,
                told,
                answers,
                lifetime);
    }
}
