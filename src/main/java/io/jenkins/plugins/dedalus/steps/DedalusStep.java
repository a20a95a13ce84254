package io.jenkins.plugins.dedalus.steps;

import hudson.Util;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/** What all steps have in common: which preview they are about, and whether its failure is the build's. */
@Restricted(NoExternalUse.class)
public abstract class DedalusStep extends Step {
    private String repository;
    private String changeId;
    private String name;
    private boolean failBuild = true;

    /** The repository that the change belongs to; null means what the branch source says, else this job. */
    public String getRepository() {
        return repository;
    }

    /** Sets the repository: a clone URL or host/owner/name. */
    @DataBoundSetter
    public void setRepository(String value) {
        repository = Util.fixEmptyAndTrim(value);
    }

    /** The change request's number; null means what the branch source says. */
    public String getChangeId() {
        return changeId;
    }

    /** Sets the change request's number. */
    @DataBoundSetter
    public void setChangeId(String value) {
        changeId = Util.fixEmptyAndTrim(value);
    }

    /** The name that tells several previews of a change apart; null for the only one. */
    public String getName() {
        return name;
    }

    /** Sets the preview's name. */
    @DataBoundSetter
    public void setName(String value) {
        name = Util.fixEmptyAndTrim(value);
    }

    /** Whether the build fails if the step does. */
    public boolean isFailBuild() {
        return failBuild;
    }

    /** Sets whether the build fails if the step does; true unless said otherwise. */
    @DataBoundSetter
    public void setFailBuild(boolean value) {
        failBuild = value;
    }
}
