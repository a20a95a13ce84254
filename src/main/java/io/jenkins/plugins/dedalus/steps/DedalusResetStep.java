package io.jenkins.plugins.dedalus.steps;

import hudson.Extension;
import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.steps.workspace.BuildLog;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code dedalusReset}: gives the services of a preview empty data, and deploys again what was deployed last. */
@Restricted(NoExternalUse.class)
public class DedalusResetStep extends DedalusStep {
    /** Everything is optional. */
    @DataBoundConstructor
    public DedalusResetStep() {
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
            audit(AuditLog.Deed.RESET);
            return lifecycle().reset(key(), new BuildLog(listener())).result().thenApply(record -> null);
        }

        @Override
        public String getStatus() {
            return Messages.DedalusResetStep_resetting(key().id());
        }
    }

    /** Makes the step known. */
    @Extension
    public static final class DescriptorImpl extends DedalusStepDescriptor {
        /** Made by Jenkins. */
        public DescriptorImpl() {
            super("dedalusReset", Messages.DedalusResetStep_displayName());
        }
    }
}
