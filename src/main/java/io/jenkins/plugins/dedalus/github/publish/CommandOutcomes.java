package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.scm.ChangeRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What came of the newest commands. In memory: a restart forgets, and takes what was said out of the comment. Thread-safe. */
@Restricted(NoExternalUse.class)
public final class CommandOutcomes {
    private static final Duration KEPT = Duration.ofDays(1);
    private static final int MOST_OF_A_CHANGE = 20;
    private static final int MOST_CHANGES = 1000;

    private final Clock clock;
    private final Map<ChangeRef, Deque<CommandOutcome>> notices = new LinkedHashMap<>();

    CommandOutcomes(Clock clock) {
        this.clock = clock;
    }

    /** Adds what came of a command. */
    public synchronized void add(ChangeRef change, CommandOutcome notice) {
        Deque<CommandOutcome> all = notices.computeIfAbsent(change, each -> new ArrayDeque<>());
        all.addLast(notice);
        if (all.size() > MOST_OF_A_CHANGE) {
            all.removeFirst();
        }
        if (notices.size() > MOST_CHANGES) {
            notices.remove(notices.keySet().iterator().next());
        }
    }

    /** What came of a pull request's newest commands, the oldest first. */
    synchronized List<CommandOutcome> of(ChangeRef change) {
        Instant oldest = clock.instant().minus(KEPT);
        Deque<CommandOutcome> all = notices.get(change);
        if (all == null) {
            return List.of();
        }
        all.removeIf(each -> each.at().isBefore(oldest));
        if (all.isEmpty()) {
            notices.remove(change);
        }
        return List.copyOf(all);
    }
}
