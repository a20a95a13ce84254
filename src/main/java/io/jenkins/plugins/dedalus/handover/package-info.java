/** Whom Jenkins lets see a preview host: sign-in there by way of Jenkins, and what routers ask of it. */
package io.jenkins.plugins.dedalus.handover;
