package io.jenkins.plugins.dedalus.steps;

import hudson.Extension;
import io.jenkins.plugins.dedalus.accounts.AuditLog;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code dedalusSleep}: puts a preview's machine to sleep. */
@Restricted(NoExternalUse.class)
public class DedalusSleepStep extends DedalusStep {
    /** Everything is optional. */
    @DataBoundConstructor
    public DedalusSleepStep() {
        // Parameters come by setters.
    }

    @Override
    public StepExecution start(StepContext context) throws Exception {
        return new Execution(context, this);
    }

    private static final class Execution extends ShortExecution {
        private static final long serialVersionUID = 1L;

        Execution(StepContext context, DedalusStep step) throws IOException, InterruptedException {
            super(context, step);
        }

        @Override
        CompletableFuture<?> work() throws IOException, InterruptedException {
            audit(AuditLog.Deed.SLEEP);
            return lifecycle().sleep(key()).thenApply(outcome -> {
                say(outcome.sentence());
                return outcome.asked();
            });
        }

        @Override
        public String getStatus() {
            return Messages.DedalusSleepStep_sleeping(key().id());
        }
    }

    /** Makes the step known. */
    @Extension
    public static final class DescriptorImpl extends DedalusStepDescriptor {
        /** Made by Jenkins. */
        public DescriptorImpl() {
            super("dedalusSleep", Messages.DedalusSleepStep_displayName());
        }
    }
}
