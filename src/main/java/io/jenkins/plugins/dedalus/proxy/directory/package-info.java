/** Where previews are looked up: the local ledger, a Jenkins with the plugin, a file; and how their hosts are named. */
package io.jenkins.plugins.dedalus.proxy.directory;
