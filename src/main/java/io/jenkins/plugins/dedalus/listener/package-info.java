/** The controller's own port for viewers of previews: the engine's proxy with this Jenkins' engines and settings. */
package io.jenkins.plugins.dedalus.listener;
