/** The serving process: builds the engine from the configuration, and answers the admin API. */
package io.jenkins.plugins.dedalus.router.serve;
