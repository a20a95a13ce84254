package io.jenkins.plugins.dedalus.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All long-lived processes of one run, so that none is forgotten, whenever the run ends. */
final class Children implements AutoCloseable {
    private final List<Child> started = new ArrayList<>();
    private boolean closed;

    synchronized Child start(String name, Path directory, Path log, List<String> command) throws IOException {
        if (closed) {
            throw new Deviation("The demo is ending; the " + name + " is not started any more.");
        }
        Child child = Child.start(name, directory, log, command);
        started.add(child);
        return child;
    }

    /** Ends them, the youngest first; returns a sentence for each that had to be killed. */
    synchronized List<String> stop() {
        closed = true;
        List<String> killed = new ArrayList<>();
        for (int i = started.size() - 1; i >= 0; i--) {
            if (!started.get(i).stop()) {
                killed.add("the " + started.get(i).name() + " had to be killed");
            }
        }
        started.clear();
        return killed;
    }

    /** The ends of their logs, for a run that went wrong. */
    synchronized List<String> lastWords() {
        return started.stream().map(Child::lastWords).toList();
    }

    @Override
    public void close() {
        stop();
    }
}
