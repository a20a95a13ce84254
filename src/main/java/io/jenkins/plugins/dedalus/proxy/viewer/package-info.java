/**
 * What arrives from viewers: connections and their guards, validated requests, and whom to believe about addresses.
 */
package io.jenkins.plugins.dedalus.proxy.viewer;
