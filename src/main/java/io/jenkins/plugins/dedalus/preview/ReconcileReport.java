package io.jenkins.plugins.dedalus.preview;

import java.time.Instant;
import java.util.List;

/**
 * What a reconciliation found and did; sentences for people.
 *
 * @param at when it ended
 * @param done what was set in motion
 * @param unknown machines of the account that this ledger doesn't own; never touched
 * @param problems what failed or needs a person; each affects one preview only
 */
public record ReconcileReport(Instant at, List<String> done, List<String> unknown, List<String> problems) {}
