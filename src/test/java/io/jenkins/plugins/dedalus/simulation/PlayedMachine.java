package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A machine's memory and disk, as far as the play needs them: which app runs, what was deployed, which scripts run. */
final class PlayedMachine implements Sandbox {
    final Machine machine;
    private final List<PlayedScript> running = new ArrayList<>();
    private boolean frozen;
    private boolean serves;
    /** On the disk: survives a lost memory. */
    private String lastDeployed;

    private boolean deployedWhole;

    PlayedMachine(Machine machine) {
        this.machine = machine;
    }

    String id() {
        return machine.id();
    }

    boolean frozen() {
        return frozen;
    }

    /** Whether its app answers now. */
    boolean answers() {
        return serves && !frozen;
    }

    /** The commit whose deploy ran last, and to its end; null if none did. */
    String deployed() {
        return deployedWhole ? lastDeployed : null;
    }

    List<PlayedScript> running() {
        return List.copyOf(running);
    }

    void began(PlayedScript script) {
        running.add(script);
        if (script.what().kind() == Script.Kind.DEPLOY) {
            lastDeployed = script.what().commit();
            deployedWhole = false;
        }
        if (script.what().kind() == Script.Kind.START) {
            serves = false;
        }
    }

    void ended(PlayedScript script, boolean succeeded) {
        running.remove(script);
        Script.Kind kind = script.what().kind();
        if (succeeded && kind == Script.Kind.DEPLOY) {
            deployedWhole = true;
        }
        if (succeeded && (kind == Script.Kind.START || kind == Script.Kind.REPAIR)) {
            serves = true;
        }
    }

    /** Boots anew: the memory is empty, the disk is as it was. */
    void booted() {
        frozen = false;
        serves = false;
    }

    @Override
    public Process start(List<String> argv, Map<String, String> env, Path cwd) {
        throw new UnsupportedOperationException("A played machine has no processes.");
    }

    @Override
    public Set<Long> pids() {
        return Set.of();
    }

    @Override
    public void freeze() {
        frozen = true;
    }

    @Override
    public void thaw() {
        frozen = false;
        running().forEach(PlayedScript::goOn);
    }

    @Override
    public void kill() {
        serves = false;
        running().forEach(PlayedScript::kill);
    }

    @Override
    public void endSession(Process process) {
        throw new UnsupportedOperationException("A played machine has no processes.");
    }

    @Override
    public void observe(Process process) {
        throw new UnsupportedOperationException("A played machine has no processes.");
    }

    @Override
    public Route route(int port) throws IOException {
        return new Route(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), port, false);
    }

    @Override
    public int sharedPort() {
        return 0;
    }

    @Override
    public Trace trace() {
        return null;
    }
}
