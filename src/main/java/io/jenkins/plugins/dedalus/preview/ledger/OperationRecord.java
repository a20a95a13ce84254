package io.jenkins.plugins.dedalus.preview.ledger;

import java.time.Instant;

/**
 * The operation under way, as written down before each change of the world.
 *
 * @param kind what it does
 * @param id unique per operation
 * @param stage where it stands; a name only the lifecycle reads
 * @param order the request's order
 * @param commit the request's commit, may be null
 * @param specDigest of the request's spec
 * @param since when it began
 * @param stageSince when the stage began
 * @param execution the script under way; null when none
 * @param index progress within the stage, e.g. pieces of the archive already there
 * @param callKey Idempotency-Key of the stage's call, after a colon where its purpose is kept before it; null when it has none
 * @param recreated whether this operation already replaced a lost machine once
 */
public record OperationRecord(
        Kind kind,
        String id,
        String stage,
        long order,
        String commit,
        String specDigest,
        Instant since,
        Instant stageSince,
        ExecutionRecord execution,
        int index,
        String callKey,
        boolean recreated) {

    /** What an operation does. */
    public enum Kind {
        /** Brings a preview to a commit. */
        ENSURE,
        /** Takes it down. */
        TEARDOWN,
        /** Deletes its services' data and deploys again. */
        RESET
    }

    public OperationRecord at(String next, Instant now) {
        return new OperationRecord(kind, id, next, order, commit, specDigest, since, now, null, 0, null, recreated);
    }

    public OperationRecord with(ExecutionRecord next) {
        return new OperationRecord(
                kind, id, stage, order, commit, specDigest, since, stageSince, next, index, callKey, recreated);
    }

    public OperationRecord withIndex(int next) {
        return new OperationRecord(
                kind, id, stage, order, commit, specDigest, since, stageSince, execution, next, callKey, recreated);
    }

    public OperationRecord withCallKey(String next) {
        return new OperationRecord(
                kind, id, stage, order, commit, specDigest, since, stageSince, execution, index, next, recreated);
    }

    public OperationRecord withRecreated() {
        return new OperationRecord(
                kind, id, stage, order, commit, specDigest, since, stageSince, execution, index, callKey, true);
    }
}
