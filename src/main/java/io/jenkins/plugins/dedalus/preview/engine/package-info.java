/**
 * What the engine's parts stand on: threads, time, and the seam at which tests crash it. Knows nothing of previews.
 */
package io.jenkins.plugins.dedalus.preview.engine;
