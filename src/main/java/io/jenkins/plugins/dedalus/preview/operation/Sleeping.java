package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.PermissionException;
import io.jenkins.plugins.dedalus.client.error.SleepHoldException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import java.time.Duration;

/** Asks for sleep; a refusal is no failure, for it is asked again, or autosleep comes. */
public final class Sleeping {
    private Sleeping() {}

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration LATEST = Duration.ofMinutes(10);

    /**
     * How it was answered.
     *
     * @param again after which time to ask again; null if the machine goes to sleep, or asking again is of no use
     */
    public record Answer(SleepOutcome outcome, Duration again) {}

    public static Answer ask(EngineContext parts, PreviewRecord record, RequestOptions options) {
        String machineId = record.machineId();
        parts.gate().drop(machineId);
        boolean never = record.autosleep().duration() == null;
        String otherwise =
                never ? "it is asked again until it sleeps." : "it is asked again, unless autosleep is quicker.";
        try {
            parts.call("sleep", () -> parts.client().machines().sleep(machineId, options));
            return new Answer(new SleepOutcome(true, "Machine " + machineId + " goes to sleep."), null);
        } catch (SleepHoldException e) {
            String sentence = "Machine " + machineId + " was woken a moment ago and may not sleep yet"
                    + e.nextSleepEligibleAt().map(at -> " before " + at).orElse("") + "; " + otherwise;
            return new Answer(
                    new SleepOutcome(false, sentence), within(e.remaining().orElse(SOON)));
        } catch (PermissionException e) {
            String sentence = "This account may not put machines to sleep; "
                    + (never
                            ? "autosleep is off, so machine " + machineId + " runs on."
                            : "autosleep does it for machine " + machineId + ".");
            return new Answer(new SleepOutcome(false, sentence), null);
        } catch (ConflictException e) {
            String sentence = "Machine " + machineId + " can't sleep right now (" + e.getMessage() + "); " + otherwise;
            return new Answer(new SleepOutcome(false, sentence), SOON);
        }
    }

    private static Duration within(Duration pause) {
        Duration least = pause.compareTo(SOON) < 0 ? SOON : pause;
        return least.compareTo(LATEST) > 0 ? LATEST : least;
    }
}
