/** What a team sets for pull requests on GitHub, and whether GitHub says that they are closed. */
package io.jenkins.plugins.dedalus.github;
