/** How many machines there may be, who waits for one, and what is closed anyway and goes first. */
package io.jenkins.plugins.dedalus.preview.room;
