/** {@code ./emulator}: the command line and the config file. */
package io.jenkins.plugins.dedalus.emulator.cli;
