/**
 * The plugin's configuration: the global page, the folders' overrides, credentials, permissions, and the service that holds
 * the engine built from them.
 */
package io.jenkins.plugins.dedalus.config;
