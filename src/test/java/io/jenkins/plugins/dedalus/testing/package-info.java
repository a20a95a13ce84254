/** What tests of several packages use. */
package io.jenkins.plugins.dedalus.testing;
