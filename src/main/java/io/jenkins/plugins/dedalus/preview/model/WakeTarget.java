package io.jenkins.plugins.dedalus.preview.model;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * What to wake and how to see that it is awake.
 *
 * @param machineId the machine
 * @param autosleep the machine's autosleep; null if it never sleeps by itself
 * @param upstream the preview's own address, scheme and authority; null to skip the probe
 * @param healthPath the path probed, starts with {@code /}; null means {@code /}
 * @param startPath the start command left on the machine, below its home; null if there is none
 * @param restricted whether the address lets in only those who have a key
 */
public record WakeTarget(
        String machineId, Duration autosleep, URI upstream, String healthPath, String startPath, boolean restricted) {
    /** What the names of variables begin with by which an execution shows which script of ours it runs. */
    public static final String SCRIPT_MARK = "DEDALUS_SCRIPT_";

    /** Fills defaults. */
    public WakeTarget {
        Objects.requireNonNull(machineId, "machineId");
        healthPath = healthPath == null || healthPath.isEmpty() ? "/" : healthPath;
    }

    /**
     * A machine alone: nothing of it is probed, and nothing started.
     *
     * @param autosleep null if it never sleeps by itself
     */
    public static WakeTarget ofMachine(String machineId, Duration autosleep) {
        return new WakeTarget(machineId, autosleep, null, null, null, false);
    }
}
