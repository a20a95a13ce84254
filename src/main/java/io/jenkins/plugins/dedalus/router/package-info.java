/**
 * The standalone router: the engine on a command line. {@code serve} owns the ledger; every other command asks the serving
 * process through its admin port.
 */
package io.jenkins.plugins.dedalus.router;
