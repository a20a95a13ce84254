package io.jenkins.plugins.dedalus.steps;

import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.dedalus.accounts.AuditLog;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.scm.PreviewJobs;
import io.jenkins.plugins.dedalus.steps.workspace.BuildLog;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code dedalusTeardown}: takes a preview down; with a grace period its machine sleeps before it is deleted. */
@Restricted(NoExternalUse.class)
public class DedalusTeardownStep extends DedalusStep {
    private String grace;

    /** Everything is optional. */
    @DataBoundConstructor
    public DedalusTeardownStep() {
        // Parameters come by setters.
    }

    /** How long the machine sleeps with its data before it is deleted; null for at once. */
    public String getGrace() {
        return grace;
    }

    /** Sets how long the machine sleeps before it is deleted, e.g. {@code 1d}. */
    @DataBoundSetter
    public void setGrace(String value) {
        grace = Util.fixEmptyAndTrim(value);
    }

    @Override
    public StepExecution start(StepContext context) throws Exception {
        return new Execution(context, this, Texts.grace("grace", grace));
    }

    private static final class Execution extends ShortExecution {
        private static final long serialVersionUID = 1L;

        private final Duration grace;

        Execution(StepContext context, DedalusStep step, Duration grace) throws IOException, InterruptedException {
            super(context, step);
            this.grace = grace;
        }

        @Override
        CompletableFuture<?> work() throws IOException, InterruptedException {
            audit(AuditLog.Deed.DELETE);
            PreviewJobs.get().closed(key(), run());
            Teardown asked = new Teardown(Messages.DedalusTeardownStep_reason(run().getFullDisplayName()), grace, true);
            return lifecycle()
                    .teardown(key(), asked, new BuildLog(listener()))
                    .result()
                    .thenApply(record -> null);
        }

        @Override
        public String getStatus() {
            return Messages.DedalusTeardownStep_closing(key().id());
        }
    }

    /** Makes the step known. */
    @Extension
    public static final class DescriptorImpl extends DedalusStepDescriptor {
        /** Made by Jenkins. */
        public DescriptorImpl() {
            super("dedalusTeardown", Messages.DedalusTeardownStep_displayName());
        }
    }
}
