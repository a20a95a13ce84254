package io.jenkins.plugins.dedalus.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Every future that a process gave out; they bind that process only. */
final class Promises {
    private record Promise(String what, CompletableFuture<?> future) {}

    private final List<Promise> open = new ArrayList<>();

    void add(String what, CompletableFuture<?> future) {
        open.removeIf(promise -> promise.future().isDone());
        open.add(new Promise(what, future));
    }

    /** The process that gave them is gone. */
    void forget() {
        open.clear();
    }

    List<String> broken() {
        return open.stream()
                .filter(promise -> !promise.future().isDone())
                .map(Promise::what)
                .toList();
    }
}
