/** A preview as people are shown it, whatever shows it: a page, a badge, a build, a pull request. Knows none of those. */
package io.jenkins.plugins.dedalus.view;
