/**
 * At most one wake per machine, whoever asks: the gate, its attempts, probes and repairs. Knows no ledger and no
 * operation, only addresses and machines' ids.
 */
package io.jenkins.plugins.dedalus.preview.wake;
