/**
 * Takes previews down when their change requests are closed, and never because something merely looks so: what isn't
 * confirmed only sleeps.
 */
package io.jenkins.plugins.dedalus.gc;
