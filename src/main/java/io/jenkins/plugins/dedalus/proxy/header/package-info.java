/**
 * Which headers and cookies pass, in which direction, and as what. Pure functions over heads: no socket, no route table.
 */
package io.jenkins.plugins.dedalus.proxy.header;
