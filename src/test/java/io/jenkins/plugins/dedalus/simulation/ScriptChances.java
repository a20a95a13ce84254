package io.jenkins.plugins.dedalus.simulation;

/**
 * How scripts turn out.
 *
 * @param slow how likely one takes minutes, perhaps longer than it may
 * @param failing how likely one fails
 * @param stubborn how likely one takes long to end when it is told to
 */
record ScriptChances(Chance chance, double slow, double failing, double stubborn) {}
