/** The control plane's HTTP: authentication, replay, faults and validation around small controllers. */
package io.jenkins.plugins.dedalus.emulator.api;
