package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionCreate;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What is done about a deaf app. First the start command that was left on the machine is run, beside the probing; a machine just
 * woken may refuse its first executions, at once or when they are looked at. If that does not help for long, the machine is
 * booted anew where the API can do that: its files stay, and then the command is run once more.
 */
final class WakeRepair {
    private static final Logger LOGGER = Logger.getLogger(WakeRepair.class.getName());

    /** Some machines keep nothing but that one directory while they sleep. */
    private static final String REPAIR =
            "[ ! -f \"/home/machine/$0\" ] || HOME=/home/machine; exec /bin/bash \"$HOME/$0\" repair";

    /** How our scripts on the machine mark what is said to people. */
    private static final String OURS = "[dedalus] ";

    private static final Duration LATER = Duration.ofSeconds(5);
    private static final int LONGEST_LINE = 300;
    private static final int TRIES = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int REBOOT_PATIENCE = 12;
    private static final int NO_SUCH_METHOD = 405;

    private final WakeAttempt attempt;
    private final WakeTarget target;
    private final DedalusClient client;
    private final WakeContext tools;
    private volatile boolean begun;
    private volatile boolean started;
    private volatile boolean rebooted;
    private volatile Execution current;

    WakeRepair(WakeAttempt attempt, WakeTarget target, WakeContext tools) {
        this.attempt = attempt;
        this.target = target;
        this.tools = tools;
        this.client = tools.client();
    }

    /** Whether anything was done. */
    boolean begun() {
        return begun;
    }

    /** Does what is due after so long; true: the attempt goes on by itself, with reading the machine. */
    boolean takesOver(Duration deafFor) {
        Duration patience = tools.settings().deafAfter();
        if (target.startPath() == null || deafFor.compareTo(patience) < 0) {
            return false;
        }
        if (!started) {
            started = true;
            begun = true;
            attempt.trouble("it runs, but its app does not answer although it was started again");
            tools.listener().repairStarted(target.machineId());
            start(Duration.ZERO, newKey(), TRIES);
        } else if (!rebooted
                && deafFor.compareTo(patience.multipliedBy(REBOOT_PATIENCE)) >= 0
                && tools.reboots().take(target.machineId(), tools.scheduler().nanoTime())) {
            rebooted = true;
            attempt.next(Duration.ZERO, this::reboot);
            return true;
        }
        return false;
    }

    private void reboot() {
        try {
            tools.listener().rebootStarted(target.machineId());
            client.machines().reboot(target.machineId(), false, attempt.options());
            started = false;
            attempt.trouble("it was booted anew, for its app did not answer although it was started again");
        } catch (DedalusException e) {
            // Where there is no such call nothing is lost; whatever else went wrong, reading the machine tells.
            if (e.status() == NO_SUCH_METHOD
                    || e instanceof NotFoundException && e.errorCode().isEmpty()) {
                tools.reboots().impossible();
            }
        }
        attempt.read();
    }

    private void start(Duration delay, String key, int triesLeft) {
        attempt.next(delay, () -> send(key, triesLeft));
    }

    private void send(String key, int triesLeft) {
        Execution started;
        try {
            started = client.executions()
                    .create(
                            target.machineId(),
                            new ExecutionCreate(
                                    List.of("/bin/bash", "-c", REPAIR, target.startPath()),
                                    null,
                                    Map.of(WakeTarget.SCRIPT_MARK + "repair", "1"),
                                    null,
                                    null),
                            attempt.options().withIdempotencyKey(key));
        } catch (DedalusException e) {
            failed(e.getMessage());
            if (triesLeft > 1) {
                Duration asked = e.retryAfter().orElse(PAUSE);
                start(asked.compareTo(PAUSE) > 0 ? asked : PAUSE, key, triesLeft - 1);
            }
            return;
        }
        follow(started, triesLeft);
    }

    private void follow(Execution start, int triesLeft) {
        current = start;
        if (start.neverRan() || start.lostByPlatform()) {
            failed(start.errorCode());
            if (triesLeft > 1) {
                start(start.retryAfter().orElse(PAUSE), newKey(), triesLeft - 1);
            }
        } else if (!start.finished()) {
            attempt.next(PAUSE, () -> follow(look(start), triesLeft));
        } else {
            over(start);
        }
    }

    private void over(Execution start) {
        current = null;
        List<String> said = said(start, attempt.options());
        if (Integer.valueOf(0).equals(start.exitCode())) {
            tell(said);
        } else {
            failed(said.isEmpty() ? "it ended with exit code " + start.exitCode() : said.get(said.size() - 1));
        }
    }

    /** The app answers: what was done for it may still be about to end, and is told all the same. */
    void helped() {
        Execution left = current;
        if (left == null) {
            return;
        }
        try {
            tools.scheduler().schedule(LATER, () -> tools.calls()
                    .goOn(() -> tell(said(left, RequestOptions.none().withDeadline(LATER)))));
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "The gate is closing.", e);
        }
    }

    private void tell(List<String> said) {
        if (!said.isEmpty()) {
            LOGGER.log(Level.INFO, "Machine {0} had lost something and was repaired: {1}.", new Object[] {
                target.machineId(), String.join("; ", said)
            });
        }
    }

    /** What the repair says that it did; what the app printed stays where it is. */
    private List<String> said(Execution start, RequestOptions options) {
        try {
            return client.executions()
                    .output(target.machineId(), start.executionId(), options)
                    .stdout()
                    .lines()
                    .filter(line -> line.startsWith(OURS) && line.length() <= LONGEST_LINE)
                    .map(line -> line.substring(OURS.length()))
                    .toList();
        } catch (DedalusException e) {
            LOGGER.log(Level.FINE, "What a repair did stays unknown.", e);
            return List.of();
        }
    }

    private Execution look(Execution start) {
        try {
            return client.executions().get(target.machineId(), start.executionId(), attempt.options());
        } catch (DedalusException e) {
            failed(e.getMessage());
            return start;
        }
    }

    private void failed(String why) {
        attempt.trouble("it runs, but its app could not be started again: " + why);
    }

    private String newKey() {
        return IdempotencyKeys.next(tools.clock().instant());
    }
}
