/** What only GitHub can tell. */
package io.jenkins.plugins.dedalus.github;
