/**
 * A Dedalus control plane on loopback for tests, demos and development without an account. It runs commands on its host
 * and never ships in the plugin. {@code INVARIANTS.md} beside this file says what always holds, and which test shows it.
 */
package io.jenkins.plugins.dedalus.emulator;
