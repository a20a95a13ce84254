/**
 * What runs on a machine and what it says: the scripts and their environment, what is run in which order, and how output
 * becomes lines, each once. Calls no API and writes no record.
 */
package io.jenkins.plugins.dedalus.preview.command;
