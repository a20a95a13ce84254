/** Reads {@code router.yaml} and preview spec files: every problem at once, each with file, line and key. */
package io.jenkins.plugins.dedalus.router.config;
