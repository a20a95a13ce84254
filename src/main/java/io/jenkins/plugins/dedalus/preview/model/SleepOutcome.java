package io.jenkins.plugins.dedalus.preview.model;

/**
 * What came of putting a machine to sleep.
 *
 * @param asked whether Dedalus accepted; otherwise autosleep will do it
 * @param sentence what happened, for a person
 */
public record SleepOutcome(boolean asked, String sentence) {}
