package io.jenkins.plugins.dedalus.steps.workspace;

import java.io.IOException;

/** The agent that has the workspace isn't connected. It may come back: whoever gets this waits for it. */
final class AgentAwayException extends IOException {
    private static final long serialVersionUID = 1L;

    AgentAwayException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
