package io.jenkins.plugins.dedalus.preview.model;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * The lifecycle's pauses and limits.
 *
 * @param poll between two reads of something that changes soon
 * @param pollMax the longest pause while something takes its time
 * @param creationKeyAge a create older than this is never replayed: the machines are listed and a person is asked
 * @param flakyLimit how long a fresh machine's failing executions are tried again
 * @param unconfirmedGrace the least grace of a closing that nobody confirmed
 * @param tombstone how long a deleted preview's record stays as CLOSED, so that no build begun before brings it back; zero
 *     forgets it at once
 * @param deleteLimit how long a teardown waits for the deletion to be confirmed before it leaves the rest to the reconciler
 * @param secondLook how much later a look that would end something for good must be confirmed by another
 * @param maxMachines machines this ledger may own; 0 for no limit
 * @param waitsForRoom whether a build waits for a machine when there may be no more; else it fails
 * @param maxAwake machines of this ledger that may be awake; 0 for no limit. Builds may exceed it while they run
 * @param ttl how long a preview stays that nobody looks at or pushes to, unless its spec says another time; zero for ever
 * @param notice how long before that end people are told
 * @param unseenGrace how long the data of one that was closed then are kept; a day or longer, for its change request is open
 * @param outputLimit how many bytes of a script's or command's output are handed on, about; it goes on without the rest
 */
public record LifecycleSettings(
        Duration poll,
        Duration pollMax,
        Duration creationKeyAge,
        Duration flakyLimit,
        Duration unconfirmedGrace,
        Duration tombstone,
        Duration deleteLimit,
        Duration secondLook,
        int maxMachines,
        boolean waitsForRoom,
        int maxAwake,
        Duration ttl,
        Duration notice,
        Duration unseenGrace,
        long outputLimit) {
    private static final Duration LEAST_UNSEEN_GRACE = Duration.ofDays(1);

    /** Polls every 0.5 to 5 s, replays for an hour, tries 2 minutes again, 7 days of unconfirmed grace and of tombstones, 100 MB of output. */
    public static final LifecycleSettings DEFAULT = new LifecycleSettings(
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofMinutes(2),
            Duration.ofDays(7),
            Duration.ofDays(7),
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            0,
            false,
            0,
            Duration.ZERO,
            Duration.ofDays(2),
            Duration.ofHours(24),
            100_000_000);

    /** The same with other pauses. */
    public LifecycleSettings withPoll(Duration min, Duration max) {
        return but(draft -> {
            draft.poll = min;
            draft.pollMax = max;
        });
    }

    /** The same with another age up to which a create is replayed. */
    public LifecycleSettings withCreationKeyAge(Duration value) {
        return but(draft -> draft.creationKeyAge = value);
    }

    /** The same with another patience for a fresh machine's failing executions. */
    public LifecycleSettings withFlakyLimit(Duration value) {
        return but(draft -> draft.flakyLimit = value);
    }

    /** The same with another grace for unconfirmed closings. */
    public LifecycleSettings withUnconfirmedGrace(Duration value) {
        return but(draft -> draft.unconfirmedGrace = value);
    }

    /** The same with another life of deleted previews' records. */
    public LifecycleSettings withTombstone(Duration value) {
        return but(draft -> draft.tombstone = value);
    }

    /** The same with another wait for confirmed deletions. */
    public LifecycleSettings withDeleteLimit(Duration value) {
        return but(draft -> draft.deleteLimit = value);
    }

    /** The same with another time between the two looks that it takes to end something for good. */
    public LifecycleSettings withSecondLook(Duration value) {
        return but(draft -> draft.secondLook = value);
    }

    /** The same with another cap of machines; 0 for none. */
    public LifecycleSettings withMaxMachines(int value) {
        return but(draft -> draft.maxMachines = value);
    }

    /** The same with builds that wait for a machine, or fail, when there may be no more. */
    public LifecycleSettings withWaitsForRoom(boolean value) {
        return but(draft -> draft.waitsForRoom = value);
    }

    /** The same with another cap of machines that are awake; 0 for none. */
    public LifecycleSettings withMaxAwake(int value) {
        return but(draft -> draft.maxAwake = value);
    }

    /**
     * The same with another life of previews that nobody looks at.
     *
     * @param grace how long their data are kept after it; of less than a day it is a day, for nobody asked to delete them
     */
    public LifecycleSettings withLifetime(Duration value, Duration told, Duration grace) {
        return but(draft -> {
            draft.ttl = value;
            draft.notice = told;
            draft.unseenGrace = grace.compareTo(LEAST_UNSEEN_GRACE) < 0 ? LEAST_UNSEEN_GRACE : grace;
        });
    }

    /** The same with another limit of output, in bytes; 1 or more. */
    public LifecycleSettings withOutputLimit(long value) {
        return but(draft -> draft.outputLimit = value);
    }

    private LifecycleSettings but(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /** Settings that may still change. */
    private static final class Draft {
        private Duration poll;
        private Duration pollMax;
        private Duration creationKeyAge;
        private Duration flakyLimit;
        private Duration unconfirmedGrace;
        private Duration tombstone;
        private Duration deleteLimit;
        private Duration secondLook;
        private int maxMachines;
        private boolean waitsForRoom;
        private int maxAwake;
        private Duration ttl;
        private Duration notice;
        private Duration unseenGrace;
        private long outputLimit;

        Draft(LifecycleSettings from) {
            poll = from.poll;
            pollMax = from.pollMax;
            creationKeyAge = from.creationKeyAge;
            flakyLimit = from.flakyLimit;
            unconfirmedGrace = from.unconfirmedGrace;
            tombstone = from.tombstone;
            deleteLimit = from.deleteLimit;
            secondLook = from.secondLook;
            maxMachines = from.maxMachines;
            waitsForRoom = from.waitsForRoom;
            maxAwake = from.maxAwake;
            ttl = from.ttl;
            notice = from.notice;
            unseenGrace = from.unseenGrace;
            outputLimit = from.outputLimit;
        }

        LifecycleSettings settings() {
            return new LifecycleSettings(
                    poll,
                    pollMax,
                    creationKeyAge,
                    flakyLimit,
                    unconfirmedGrace,
                    tombstone,
                    deleteLimit,
                    secondLook,
                    maxMachines,
                    waitsForRoom,
                    maxAwake,
                    ttl,
                    notice,
                    unseenGrace,
                    outputLimit);
        }
    }
}
