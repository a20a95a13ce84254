/**
 * The driver of {@code ./demo}: an emulator, a git repository with two pull requests, and the real router as a process
 * of its own; with {@code --once} every claim is checked. Test scope: it never ships.
 */
package io.jenkins.plugins.dedalus.demo;
