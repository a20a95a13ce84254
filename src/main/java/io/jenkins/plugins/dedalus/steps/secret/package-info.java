/** Secrets that a step's build names or bound: encrypted in everything that is written, masked in everything that is said. */
package io.jenkins.plugins.dedalus.steps.secret;
