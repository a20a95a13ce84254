/**
 * What was withdrawn of sign-ins and share links, in memory, in a file, or followed from elsewhere. Knows no request.
 */
package io.jenkins.plugins.dedalus.proxy.access.revocation;
