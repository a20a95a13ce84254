package io.jenkins.plugins.dedalus.steps;

import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.steps.workspace.BuildLog;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** A step that changes nothing by being given up: what it asked for is done, or asked for again after a restart. */
abstract class ShortExecution extends DedalusExecution {
    private static final long serialVersionUID = 1L;

    ShortExecution(StepContext context, DedalusStep step) throws IOException, InterruptedException {
        super(context, step, find(context));
    }

    @Override
    void interrupt(String why) {
        // A wake serves others too, a closing goes on.
    }

    /** Notes that the build did it. */
    final void audit(AuditLog.Deed deed) throws IOException, InterruptedException {
        AuditLog.record("build " + run().getFullDisplayName(), deed, key());
    }

    final void say(String sentence) {
        try {
            BuildLog.say(listener(), sentence);
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }
}
