/**
 * Tells the state of a change request's previews by checks, wherever a plugin publishes checks: on GitHub for GitHub Apps, on
 * other servers with plugins of theirs. Knows no server.
 */
package io.jenkins.plugins.dedalus.checks;
