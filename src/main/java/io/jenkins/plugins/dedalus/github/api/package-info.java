/** Single calls of GitHub's API with a branch source's credentials, and what its answers say about a pull request. */
package io.jenkins.plugins.dedalus.github.api;
