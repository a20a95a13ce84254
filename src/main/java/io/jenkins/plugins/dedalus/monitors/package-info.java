/** What an administrator is told without asking. Nothing else knows of it. */
package io.jenkins.plugins.dedalus.monitors;
