/** The serving process' admin port: health, metrics, and the authenticated API the other commands talk to. */
package io.jenkins.plugins.dedalus.router.admin;
