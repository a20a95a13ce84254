/** What Jenkins shows about previews on builds and jobs. */
package io.jenkins.plugins.dedalus.build;
