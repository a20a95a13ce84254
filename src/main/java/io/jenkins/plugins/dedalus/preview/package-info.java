/**
 * Previews of change requests on Dedalus machines: what a preview is ({@link io.jenkins.plugins.dedalus.preview.model.PreviewSpec}), what is
 * known about it ({@link io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord} in the
 * {@link io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger}), how it comes and goes
 * ({@link io.jenkins.plugins.dedalus.preview.PreviewLifecycle}) and how a sleeping one is woken
 * ({@link io.jenkins.plugins.dedalus.preview.wake.WakeGate}). Knows nothing of Jenkins and nothing of the proxy.
 */
package io.jenkins.plugins.dedalus.preview;
