package io.jenkins.plugins.dedalus.steps;

import hudson.Extension;
import hudson.Util;
import hudson.util.ListBoxModel;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code dedalusPreview}: brings the preview of this build's change request to this build's commit. */
public class DedalusPreviewStep extends PreviewParameters {
    private String source;

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
