package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.MachineIntent;
import io.jenkins.plugins.dedalus.preview.model.PreviewKey;
import io.jenkins.plugins.dedalus.preview.wake.MachineStates;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The account's machines that an unanswered create may have made: nobody's, not older, and of that size.
 *
 * @param machines those
 * @param disputed whether there are more that another preview's create, which is under way, may have made as well
 */
public record Unclaimed(List<Machine> machines, boolean disputed) {
    private static final Duration SKEW = Duration.ofMinutes(2);
    /** A clock that is wrong by more than this makes no TLS connection for long. */
    private static final Duration WRONG_CLOCK = Duration.ofDays(1);

    /** Looks through the account. The list first, the ledger then: what was made meanwhile belongs to somebody by then. */
    public static Unclaimed find(EngineContext parts, PreviewKey key, MachineIntent intent, RequestOptions options) {
        parts.whereabouts().requireAccount(options);
        List<Machine> listed = parts.client().machines().listAll(options);
        Set<String> owned = parts.owned();
        List<MachineIntent> others = Stream.concat(parts.ledger().list().stream(), parts.limits().neighbours().stream())
                .filter(record -> !record.key().equals(key) && record.operation() != null)
                .map(PreviewRecord::creation)
                .filter(other -> other != null && !Creation.tooOld(other, parts))
                .toList();
        List<Machine> possible = listed.stream()
                .filter(machine -> !owned.contains(MachineIds.canonical(machine.machineId())))
                .filter(machine -> mayHaveMade(intent, machine))
                .toList();
        List<Machine> left = possible.stream()
                .filter(machine -> others.stream().noneMatch(other -> mayHaveMade(other, machine)))
                .toList();
        return new Unclaimed(left, left.size() < possible.size());
    }

    private static boolean mayHaveMade(MachineIntent intent, Machine machine) {
        boolean notOlder = machine.createdAt() == null
                || !machine.createdAt().isBefore(intent.at().minus(intent.serverTime() ? SKEW : WRONG_CLOCK));
        // Memory may have grown by itself since.
        boolean alike = machine.memoryMib() == 0
                || machine.memoryMib() >= intent.memoryMib() && machine.storageGib() == intent.storageGib();
        return notOlder && alike && !MachineStates.isGone(machine);
    }
}
