package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.preview.command.ExecPosition;
import io.jenkins.plugins.dedalus.preview.command.ExecRequest;
import io.jenkins.plugins.dedalus.preview.command.OutputListener;

/** Somebody who runs a command and keeps its output and position, as a pipeline step does. */
final class ExecLog implements OutputListener {
    private final Subject subject;
    private final String id;
    private final StringBuilder heard = new StringBuilder();
    private ExecPosition position;

    ExecLog(Subject subject, String id) {
        this.subject = subject;
        this.id = id;
    }

    Subject subject() {
        return subject;
    }

    String id() {
        return id;
    }

    String heard() {
        return heard.toString();
    }

    /** The command, from where it stopped. */
    ExecRequest request() {
        return new ExecRequest(id, Script.EXEC + " " + id, null, null, null, null, null, position);
    }

    @Override
    public void onStarted(ExecPosition at) {
        if (position == null || !position.executionId().equals(at.executionId())) {
            heard.setLength(0);
        }
        position = at;
    }

    @Override
    public void onOutput(String text, boolean stderr, ExecPosition after) {
        heard.append(text);
        position = after;
    }

    @Override
    public String toString() {
        return "command " + id + " on " + subject;
    }
}
