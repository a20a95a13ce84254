package io.jenkins.plugins.dedalus.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.TaskListener;
import io.jenkins.plugins.dedalus.preview.command.LogRequest;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code dedalusLogs}: prints a log of a preview into the build log. */
@Restricted(NoExternalUse.class)
public class DedalusLogsStep extends DedalusStep {
    private String service;
    private String script;
    private Integer lines;

    /** Everything is optional: without a parameter it is the app's log. */
    @DataBoundConstructor
    public DedalusLogsStep() {
        // Parameters come by setters.
    }

    /** The service whose log is wanted; null for none. */
    public String getService() {
        return service;
    }

    /** Sets the service whose log is wanted. */
    @DataBoundSetter
    public void setService(String value) {
        service = Util.fixEmptyAndTrim(value);
    }

    /** The script whose last run is wanted; null for none. */
    public String getScript() {
        return script;
    }

    /** Sets the script whose last run is wanted, e.g. {@code deploy}. */
    @DataBoundSetter
    public void setScript(String value) {
        script = Util.fixEmptyAndTrim(value);
    }

    /** How many of the last lines; null for 200. */
    public Integer getLines() {
        return lines;
    }

    /** Sets how many of the last lines of the app's or a service's log. */
    @DataBoundSetter
    public void setLines(Integer value) {
        lines = value;
    }

    @Override
    public StepExecution start(StepContext context) throws Exception {
        try {
            return new Execution(context, this, new LogRequest(service, script, lines, false));
        } catch (IllegalArgumentException e) {
            throw (AbortException) new AbortException(e.getMessage()).initCause(e);
        }
    }

    /** After a restart it reads from the beginning, and prints what is not in the build log yet. */
    private static final class Execution extends ShortExecution {
        private static final long serialVersionUID = 1L;

        private final String service;
        private final String script;
        private final Integer lines;
        private final ExecOutput output = new ExecOutput();

        Execution(StepContext context, DedalusStep step, LogRequest request) throws IOException, InterruptedException {
            super(context, step);
            service = request.service();
            script = request.script();
            lines = request.lines();
        }

        @Override
        CompletableFuture<?> work() throws IOException, InterruptedException {
            TaskListener listener = listener();
            output.rewind();
            return lifecycle()
                    .logs(
                            key(),
                            new LogRequest(service, script, lines, false),
                            (text, stderr, after) -> output.add(text, listener))
                    .result()
                    .thenApply(ended -> {
                        output.finish(listener);
                        return null;
                    });
        }

        @Override
        public String getStatus() {
            return Messages.DedalusLogsStep_reading(key().id());
        }
    }

    /** Makes the step known. */
    @Extension
    public static final class DescriptorImpl extends DedalusStepDescriptor {
        /** Made by Jenkins. */
        public DescriptorImpl() {
            super("dedalusLogs", Messages.DedalusLogsStep_displayName());
        }
    }
}
