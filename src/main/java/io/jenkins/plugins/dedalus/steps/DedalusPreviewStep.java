package io.jenkins.plugins.dedalus.steps;

import hudson.Extension;
import hudson.Util;
import hudson.util.ListBoxModel;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code dedalusPreview}: brings the preview of this build's change request to this build's commit. */
@Restricted(NoExternalUse.class)
public class DedalusPreviewStep extends PreviewParameters {
    /** How much a workspace may hold unless the step says otherwise, in MiB. */
    static final int WORKSPACE_LIMIT_MIB = 2048;

    /** A build that has lost its preview to a newer one goes on. */
    static final String CONTINUE = "continue";

    private static final String END = "end";

    private String source;
    private String excludes;
    private Integer workspaceLimitMib;
    private String whenSuperseded;

    /** Everything is optional. */
    @DataBoundConstructor
    public DedalusPreviewStep() {
        // Parameters come by setters.
    }

    /** How the code reaches the machine; null for {@code none}. */
    public String getSource() {
        return source;
    }

    /** Sets how the code reaches the machine: workspace, git or none. */
    @DataBoundSetter
    public void setSource(String value) {
        source = Util.fixEmptyAndTrim(value);
    }

    /** Ant patterns of what the source {@code workspace} leaves out; null for nothing but {@code .git}. */
    public String getExcludes() {
        return excludes;
    }

    /** Sets Ant patterns of what the source {@code workspace} leaves out, separated by commas or lines. */
    @DataBoundSetter
    public void setExcludes(String value) {
        excludes = Util.fixEmptyAndTrim(value);
    }

    /** How much the files of a workspace may hold together, in MiB, before they are packed; null for 2,048. */
    public Integer getWorkspaceLimitMib() {
        return workspaceLimitMib;
    }

    /** Sets how much the files of a workspace may hold together, in MiB, 1 or more. */
    @DataBoundSetter
    public void setWorkspaceLimitMib(Integer value) {
        workspaceLimitMib = value;
    }

    /** What the build does once a newer one has the preview: {@code continue}, or null to end. */
    public String getWhenSuperseded() {
        return whenSuperseded;
    }

    /** Sets what the build does once a newer one has the preview: continue, or end. */
    @DataBoundSetter
    public void setWhenSuperseded(String value) {
        whenSuperseded = END.equals(value) ? null : Util.fixEmptyAndTrim(value);
    }

    @Override
    public StepExecution start(StepContext context) throws Exception {
        return new PreviewExecution(context, this);
    }

    /** Makes the step known. */
    @Extension
    public static final class DescriptorImpl extends DedalusStepDescriptor {
        /** Made by Jenkins. */
        public DescriptorImpl() {
            super("dedalusPreview", Messages.DedalusPreviewStep_displayName());
        }

        /** The ways in which code reaches the machine. */
        public ListBoxModel doFillSourceItems() {
            ListBoxModel model = new ListBoxModel();
            model.add(Messages.DedalusPreviewStep_none(), "");
            model.add(Messages.DedalusPreviewStep_git(), CodeSource.GIT);
            model.add(Messages.DedalusPreviewStep_workspace(), CodeSource.WORKSPACE);
            return model;
        }

        /** What a build does that has lost its preview to a newer one. */
        public ListBoxModel doFillWhenSupersededItems() {
            ListBoxModel model = new ListBoxModel();
            model.add(Messages.DedalusPreviewStep_end(), "");
            model.add(Messages.DedalusPreviewStep_goOn(), CONTINUE);
            return model;
        }

        /** Who may open the Dedalus URL. */
        public ListBoxModel doFillVisibilityItems() {
            return choices("public", "org", "private");
        }

        /** What the app speaks. */
        public ListBoxModel doFillProtocolItems() {
            return choices("http", "https");
        }

        private static ListBoxModel choices(String... values) {
            ListBoxModel model = new ListBoxModel();
            model.add(Messages.DedalusPreviewStep_default(), "");
            for (String value : values) {
                model.add(value, value);
            }
            return model;
        }
    }
}
