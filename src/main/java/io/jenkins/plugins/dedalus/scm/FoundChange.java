package io.jenkins.plugins.dedalus.scm;

import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a build's branch source knows about the code it builds.
 *
 * @param repository the base repository, normalised or a clone URL; null if the branch source names none
 * @param change the change request; its id is null in builds that are for none
 * @param head the name of the branch source's head; null without a branch source
 * @param ref the ref in the base repository that holds the commit; null if unknown
 */
@Restricted(NoExternalUse.class)
public record FoundChange(String repository, ChangeContext change, String head, String ref) {}
