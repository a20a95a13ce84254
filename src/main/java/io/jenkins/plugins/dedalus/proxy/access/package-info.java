/** Who may view a preview: the access table, sessions handed over by an authority, passwords, share links, bypass tokens. */
package io.jenkins.plugins.dedalus.proxy.access;
