/**
 * What stands on GitHub about a pull request's previews: deployments, one comment, statuses. Works by level: compares what
 * should stand there with what does, and makes the next call.
 */
package io.jenkins.plugins.dedalus.github.publish;
