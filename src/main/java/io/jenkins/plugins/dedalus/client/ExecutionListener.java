package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;

/** Hears the events of an execution as {@link ExecutionsApi#follow} reads them, in the following thread. */
@FunctionalInterface
public interface ExecutionListener {

    /**
     * Called once per event, in order.
     *
     * @param event never null
     */
    void onEvent(ExecutionEvent event);

    /**
     * Called after the events before it were handed over: a later {@code follow} from here repeats none of them.
     *
     * @param cursor where to go on
     */
    default void onCursor(String cursor) {}
}
