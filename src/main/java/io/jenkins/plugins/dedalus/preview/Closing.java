package io.jenkins.plugins.dedalus.preview;

import java.time.Instant;

/**
 * A preview on its way out.
 *
 * @param since when it was asked for
 * @param confirmed whether the change request is known to be closed; an unconfirmed closing gets a longer grace
 * @param deleteAt when the machine and its data are deleted; until then a reopened change request gets them back
 * @param reason a sentence: who or what closed it
 */
public record Closing(Instant since, boolean confirmed, Instant deleteAt, String reason) {}
