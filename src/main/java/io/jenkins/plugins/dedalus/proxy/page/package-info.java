/** The pages a viewer reads while a preview is not there; each is one small self-contained document. */
package io.jenkins.plugins.dedalus.proxy.page;
