/**
 * What people ask of previews from a pull request: commands in comments, labels, drafts, requested reviews. An event only says
 * where to look.
 */
package io.jenkins.plugins.dedalus.github.command;
