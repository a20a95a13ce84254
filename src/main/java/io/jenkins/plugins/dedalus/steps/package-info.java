/**
 * The Pipeline steps. Each asks the engine and waits without holding a thread; what it needs to go on after a restart is in
 * its execution's fields, secrets as {@link hudson.util.Secret}.
 */
package io.jenkins.plugins.dedalus.steps;
