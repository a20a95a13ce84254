package io.jenkins.plugins.dedalus.steps;

import hudson.model.TaskListener;
import java.io.Serializable;

/**
 * One stream of a command's output on its way into the build log, by whole lines so that secrets in them can be masked. After
 * a restart the stream is read from its beginning, and what was logged already is skipped. Not thread-safe.
 */
final class ExecOutput implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_LINE = 64 * 1024;

    /** Characters of complete lines that are in the log. */
    private long logged;

    private transient long toSkip;
    private transient StringBuilder partial;

    /** Begins anew with what is logged already. */
    void rewind() {
        toSkip = logged;
        partial = new StringBuilder();
    }

    void add(String text, TaskListener listener) {
        String fresh = text;
        if (toSkip > 0) {
            int skipped = (int) Math.min(toSkip, text.length());
            toSkip -= skipped;
            fresh = text.substring(skipped);
        }
        partial.append(fresh);
        int end = partial.lastIndexOf("\n") + 1;
        end = end == 0 && partial.length() > LONGEST_LINE ? partial.length() : end;
        if (end > 0) {
            String lines = partial.substring(0, end);
            partial.delete(0, end);
            listener.getLogger().print(lines.endsWith("\n") ? lines : lines + "\n");
            listener.getLogger().flush();
            logged += end;
        }
    }

    /** Logs what is left of a last line without an end. */
    void finish(TaskListener listener) {
        if (partial != null && !partial.isEmpty()) {
            listener.getLogger().println(partial);
            logged += partial.length();
            partial.setLength(0);
        }
    }
}
