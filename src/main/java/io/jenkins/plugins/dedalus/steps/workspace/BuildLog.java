package io.jenkins.plugins.dedalus.steps.workspace;

import hudson.model.TaskListener;
import io.jenkins.plugins.dedalus.preview.model.Progress;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;

/** Writes an operation's progress to the build log; the log masks what {@code withCredentials} bound. */
public final class BuildLog implements ProgressListener {
    private static final String PREFIX = "[dedalus] ";

    private final TaskListener listener;

    public BuildLog(TaskListener listener) {
        this.listener = listener;
    }

    /** A sentence of ours. */
    public static void say(TaskListener listener, String sentence) {
        listener.getLogger().println(PREFIX + sentence);
    }

    @Override
    public void onProgress(Progress progress) {
        if (progress.line() == null) {
            say(listener, progress.phase());
        } else if (progress.output()) {
            listener.getLogger().println(progress.line());
        } else {
            say(listener, progress.line());
        }
    }
}
