/** {@code /dedalus/}: the pages where people look at previews and act on them, and the same as JSON. */
package io.jenkins.plugins.dedalus.dashboard;
