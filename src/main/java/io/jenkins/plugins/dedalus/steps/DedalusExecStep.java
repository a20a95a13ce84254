package io.jenkins.plugins.dedalus.steps;

import hudson.Extension;
import hudson.Util;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code dedalusExec}: runs a command on a preview's machine. */
@Restricted(NoExternalUse.class)
public class DedalusExecStep extends DedalusStep {
    private final String script;
    private List<String> command;
    private String cwd;
    private Map<String, Object> env;
    private Map<String, Object> secrets;
    private String timeout;
    private boolean returnStdout;
    private boolean returnStatus;

    /** Takes the script; null if {@code command} is given. */
    @DataBoundConstructor
    public DedalusExecStep(String script) {
        this.script = Util.fixEmptyAndTrim(script);
    }

    /** The bash script; null if {@code command} is given. */
    public String getScript() {
        return script;
    }

    /** Program and arguments, run without a shell. */
    public List<String> getCommand() {
        return command;
    }

    /** Sets program and arguments. */
    @DataBoundSetter
    public void setCommand(List<String> value) {
        command = value == null || value.isEmpty() ? null : List.copyOf(value);
    }

    /** The directory; null for the code's. */
    public String getCwd() {
        return cwd;
    }

    /** Sets the directory: absolute, or below the code's. */
    @DataBoundSetter
    public void setCwd(String value) {
        cwd = Util.fixEmptyAndTrim(value);
    }

    /** The command's environment; every value is treated as a secret. */
    public Map<String, Object> getEnv() {
        return PreviewParameters.copy(env);
    }

    /** Sets the command's environment. */
    @DataBoundSetter
    @SuppressWarnings("rawtypes") // As in PreviewParameters.
    public void setEnv(Map value) {
        env = PreviewParameters.copy(value);
    }

    /** Environment variables and the ids of the credentials that are their values. */
    public Map<String, Object> getSecrets() {
        return PreviewParameters.copy(secrets);
    }

    /** Sets variables whose values are credentials, e.g. {@code [DB_PASSWORD: 'shop-db']}. */
    @DataBoundSetter
    @SuppressWarnings("rawtypes") // As in PreviewParameters.
    public void setSecrets(Map value) {
        secrets = PreviewParameters.copy(value);
    }

    /** How long the command may take. */
    public String getTimeout() {
        return timeout;
    }

    /** Sets how long the command may take, e.g. {@code 10m}. */
    @DataBoundSetter
    public void setTimeout(String value) {
        timeout = Util.fixEmptyAndTrim(value);
    }

    /** Whether the step returns what the command prints instead of logging it. */
    public boolean isReturnStdout() {
        return returnStdout;
    }

    /** Sets whether the step returns what the command prints. */
    @DataBoundSetter
    public void setReturnStdout(boolean value) {
        returnStdout = value;
    }

    /** Whether the step returns the exit code instead of failing for one other than 0. */
    public boolean isReturnStatus() {
        return returnStatus;
    }

    /** Sets whether the step returns the exit code. */
    @DataBoundSetter
    public void setReturnStatus(boolean value) {
        returnStatus = value;
    }

    @Override
    public StepExecution start(StepContext context) throws Exception {
        return new ExecExecution(context, this);
    }

    /** Makes the step known. */
    @Extension
    public static final class DescriptorImpl extends DedalusStepDescriptor {
        /** Made by Jenkins. */
        public DescriptorImpl() {
            super("dedalusExec", Messages.DedalusExecStep_displayName());
        }
    }
}
