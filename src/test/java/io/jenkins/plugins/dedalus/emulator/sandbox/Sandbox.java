package io.jenkins.plugins.dedalus.emulator.sandbox;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The process tree of one machine. Thread-safe. */
public interface Sandbox {
    /** Where a port of the machine is reached: {@code framed}: through a relay that is told the port. */
    record Route(SocketAddress address, int port, boolean framed) {}

    /** What finds the tree again after the emulator was killed. */
    record Trace(String kind, long pid, long start, String marker, int port) {}

    /** Starts a process inside, in a session of its own, with pipes. */
    Process start(List<String> argv, Map<String, String> env, Path cwd) throws IOException;

    /** All live processes inside, as the host sees them. */
    Set<Long> pids();

    /** Stops all processes where they stand. */
    void freeze();

    /** Lets them go on. */
    void thaw();

    /** Ends all processes, for good. */
    void kill();

    /** Ends the session that a process was started in, but no daemon that left it. */
    void endSession(Process process);

    /** Called now and then while a process runs: puts right what a signal missed, and notes new processes. */
    void observe(Process process);

    /** Where a port inside is reached from outside; the first call may take a moment. */
    Route route(int port) throws IOException;

    /** The value of PORT where machines share the host's ports; 0 where each has its own. */
    int sharedPort();

    /** What to keep, to find the tree again. */
    Trace trace();
}
