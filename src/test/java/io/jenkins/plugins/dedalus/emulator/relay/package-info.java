/**
 * Bytes between a preview URL and a machine's port, as they are: half-closes, resets and backpressure included. One
 * thread, one selector. The same code runs in the emulator and in each machine's network namespace; what lies between
 * the two is framed, because a Unix domain socket can't tell a reset from an end.
 */
package io.jenkins.plugins.dedalus.emulator.relay;
