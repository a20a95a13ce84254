package io.jenkins.plugins.dedalus.scm;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Somebody's word that a commit of a fork may run on a machine.
 *
 * @param commit a full hash
 * @param by the user's id
 * @param at when, in ISO 8601
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@Restricted(NoExternalUse.class)
public record Approval(String commit, String by, String at) {}
