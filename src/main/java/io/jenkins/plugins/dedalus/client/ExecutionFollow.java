package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.CallScope;
import io.jenkins.plugins.dedalus.client.call.Calls;
import io.jenkins.plugins.dedalus.client.call.Wire;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.Page;
import java.time.Duration;

/** Reads one execution's events until it has ended. */
final class ExecutionFollow {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final int QUIET_ROUNDS_PER_READ = 5;

    private final Calls calls;
    private final String machineId;
    private final String executionId;
    private final ExecutionListener listener;
    private final CallScope scope;
    private final String doing;
    private long lastSequence = Long.MIN_VALUE;
    private boolean ended;

    ExecutionFollow(Calls calls, String machineId, String executionId, ExecutionListener listener, CallScope scope) {
        this.calls = calls;
        this.machineId = machineId;
        this.executionId = executionId;
        this.listener = listener;
        this.scope = scope;
        this.doing = "follow execution " + executionId + " on machine " + machineId;
    }

    Execution from(String start) {
        String cursor = start;
        Duration wait = SHORTEST;
        int quietRounds = 0;
        while (true) {
            Page<ExecutionEvent> page = page(cursor);
            boolean news = hand(page);
            if (page.nextCursor() != null && !page.nextCursor().equals(cursor)) {
                cursor = page.nextCursor();
                listener.onCursor(cursor);
            }
            if (news) {
                quietRounds = 0;
                wait = SHORTEST;
                if (page.nextCursor() != null) {
                    // There may be more at once; an empty page comes before any wait.
                    continue;
                }
            } else if (ended) {
                Execution last = read();
                if (last.finished()) {
                    return last;
                }
                // The event was ahead of the execution: its end is read again later.
                ended = false;
            } else if (++quietRounds % QUIET_ROUNDS_PER_READ == 0) {
                // The end is an event, but one could be missed: after a while the execution itself is asked.
                ended = read().finished();
            }
            if (!ended) {
                calls.pauses().pause(wait, scope, doing);
                wait = wait.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : wait.multipliedBy(2);
            }
        }
    }

    private Page<ExecutionEvent> page(String cursor) {
        ApiRequest request = ExecutionsApi.eventsRequest(machineId, executionId).withQuery("cursor", cursor);
        return calls.json(request, calls.oneCall(scope), node -> Wire.page(node, Wire::event));
    }

    private Execution read() {
        return calls.json(ExecutionsApi.read(machineId, executionId), calls.oneCall(scope), Wire::execution);
    }

    /** Whether there was an event that wasn't known yet: a page without a next cursor is read again. */
    private boolean hand(Page<ExecutionEvent> page) {
        boolean news = false;
        for (ExecutionEvent event : page.items()) {
            if (event.sequence() <= lastSequence) {
                continue;
            }
            lastSequence = event.sequence();
            news = true;
            listener.onEvent(event);
            ended |= event.status() != null && event.status().finished();
        }
        return news;
    }
}
