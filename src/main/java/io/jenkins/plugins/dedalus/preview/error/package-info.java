/**
 * What can go wrong with a preview, as sentences for the person who can act. Knows nothing else of the engine.
 */
package io.jenkins.plugins.dedalus.preview.error;
