/** Where previews are looked up: the local ledger, their owners (Jenkins, routers), a file; and how their hosts are named. */
package io.jenkins.plugins.dedalus.proxy.directory;
