/** The way of an agent's workspace to a machine: walked without following links, packed, kept until it is sent. */
package io.jenkins.plugins.dedalus.steps.workspace;
