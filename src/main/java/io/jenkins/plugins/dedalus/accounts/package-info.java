/**
 * The engines of this Jenkins, one for each Dedalus account, made from the configuration. Knows no page, no step and no
 * listener.
 */
package io.jenkins.plugins.dedalus.accounts;
