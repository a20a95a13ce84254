package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.ConflictException;
import io.jenkins.plugins.dedalus.client.PermissionException;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import io.jenkins.plugins.dedalus.client.SleepHoldException;

/** Asks for sleep; a refusal is no failure, for autosleep comes anyway. */
final class Sleeping {
    private Sleeping() {}

    static SleepOutcome ask(EngineParts parts, String machineId, RequestOptions options) {
        parts.gate().drop(machineId);
        try {
            parts.call("sleep", () -> parts.client().machines().sleep(machineId, options));
            return new SleepOutcome(true, "Machine " + machineId + " goes to sleep.");
        } catch (SleepHoldException e) {
            return new SleepOutcome(
                    false,
                    "Machine " + machineId + " was woken a moment ago and may not sleep yet"
                            + e.nextSleepEligibleAt().map(at -> " before " + at).orElse("")
                            + "; autosleep puts it to sleep.");
        } catch (PermissionException e) {
            return new SleepOutcome(
                    false,
                    "This account may not put machines to sleep; autosleep does it for machine " + machineId + ".");
        } catch (ConflictException e) {
            return new SleepOutcome(
                    false,
                    "Machine " + machineId + " can't sleep right now (" + e.getMessage() + "); autosleep does it.");
        }
    }
}
