package io.jenkins.plugins.dedalus.steps;

import hudson.Extension;
import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code dedalusWake}: wakes a preview and waits until its app answers. */
@Restricted(NoExternalUse.class)
public class DedalusWakeStep extends DedalusStep {
    /** Everything is optional. */
    @DataBoundConstructor
    public DedalusWakeStep() {
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
            audit(AuditLog.Deed.WAKE);
            return lifecycle().wake(key()).thenApply(this::told);
        }

        private Map<String, Object> told(Awake awake) {
            say(Messages.DedalusWakeStep_awake(key().id(), awake.took().toMillis()));
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("machineId", awake.machineId());
            result.put("millis", awake.took().toMillis());
            result.put("repaired", awake.repaired());
            return result;
        }

        @Override
        public String getStatus() {
            return Messages.DedalusWakeStep_waking(key().id());
        }
    }

    /** Makes the step known. */
    @Extension
    public static final class DescriptorImpl extends DedalusStepDescriptor {
        /** Made by Jenkins. */
        public DescriptorImpl() {
            super("dedalusWake", Messages.DedalusWakeStep_displayName());
        }
    }
}
