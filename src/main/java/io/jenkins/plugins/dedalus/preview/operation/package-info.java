/**
 * How a preview gets from one state to the next: ensure, teardown and settle as state machines over the ledger, each tick
 * one short call. Waking is asked of {@code preview.wake}; which operation runs when is decided by {@code preview}.
 */
package io.jenkins.plugins.dedalus.preview.operation;
