/** What should be shown of a change request's previews where the change request lives; the same for every kind of server. */
package io.jenkins.plugins.dedalus.surface;
