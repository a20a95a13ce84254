/** Machines as process trees: started, found again, frozen, resumed and ended on the host. */
package io.jenkins.plugins.dedalus.emulator.sandbox;
