package io.jenkins.plugins.dedalus.emulator;

import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The process tree of one machine. */
interface Sandbox {
    /** Starts a process inside, with pipes. */
    Process start(List<String> argv, Map<String, String> env, Path cwd) throws IOException;

    /** All processes inside. */
    Set<Long> pids();

    /** Stops all processes where they stand. */
    void freeze();

    /** Lets them go on. */
    void thaw();

    /** Ends all processes; the sandbox can be booted again. */
    void kill();

    /** Where a port inside is reached from outside. */
    SocketAddress route(int port);

    /** The value of PORT where machines share the host's ports; 0 where each has its own. */
    int sharedPort();
}
