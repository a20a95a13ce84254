/** What the control plane does: machines, executions, previews and usage, without HTTP. */
package io.jenkins.plugins.dedalus.emulator.core;
