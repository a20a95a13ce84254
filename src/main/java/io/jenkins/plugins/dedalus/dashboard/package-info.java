/** Where people look at previews and act on them, and where browsers are handed over to preview hosts. */
package io.jenkins.plugins.dedalus.dashboard;
