/**
 * Change requests as Jenkins' branch sources know them: which preview a job stands for, where its code comes from, and which
 * job a preview belongs to.
 */
package io.jenkins.plugins.dedalus.scm;
