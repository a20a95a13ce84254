/**
 * What an administrator sets: the global page, the folders' overrides, credentials, permissions. Knows nothing of what is
 * made from it: that follows as a {@link io.jenkins.plugins.dedalus.config.SettingsListener}.
 */
package io.jenkins.plugins.dedalus.config;
