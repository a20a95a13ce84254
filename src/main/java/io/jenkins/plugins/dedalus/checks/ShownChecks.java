package io.jenkins.plugins.dedalus.checks;

import hudson.model.InvisibleAction;
import hudson.model.Run;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Notes on a build what its checks say, so that they are published when that changes, and only then. */
public final class ShownChecks extends InvisibleAction {
    private final Map<String, String> said = new ConcurrentHashMap<>();
    private final Map<String, Boolean> open = new ConcurrentHashMap<>();

    /** Whether the build's check says that already. */
    static boolean says(Run<?, ?> run, PreviewCheck check) {
        ShownChecks shown = run.getAction(ShownChecks.class);
        return shown != null && check.said().equals(shown.said.get(check.name()));
    }

    /** Whether the build's check of that name says that something is on its way. */
    static boolean isOpen(Run<?, ?> run, String name) {
        ShownChecks shown = run.getAction(ShownChecks.class);
        return shown != null && shown.open.getOrDefault(name, false);
    }

    /**
     * Notes what the build's check says now.
     *
     * @throws IOException if the build can't be saved
     */
    static void note(Run<?, ?> run, PreviewCheck check) throws IOException {
        ShownChecks shown = run.getAction(ShownChecks.class);
        if (shown == null) {
            shown = new ShownChecks();
            run.addAction(shown);
        }
        shown.said.put(check.name(), check.said());
        shown.open.put(check.name(), check.isOpen());
        run.save();
    }
}
