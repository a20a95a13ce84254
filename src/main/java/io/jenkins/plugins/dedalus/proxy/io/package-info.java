/**
 * What the data plane needs of Vert.x and Netty beyond their own: strict decoding, farewells, pumps, frames. Knows no
 * preview.
 */
package io.jenkins.plugins.dedalus.proxy.io;
