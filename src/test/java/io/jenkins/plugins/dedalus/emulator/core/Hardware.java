package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** What the control plane's machines are made of: processes and sockets of this host, or a play of them. */
public interface Hardware extends AutoCloseable {
    /** Whether machines have namespaces of their own. */
    boolean namespaces();

    /** Boots an empty machine; its files are there if it had any. */
    Sandbox boot(Machine machine) throws IOException;

    /** Finds what survived of a machine; empty if nothing did. */
    Optional<Sandbox> adopt(Machine machine, Sandbox.Trace trace) throws IOException;

    /** What machines share with each other, in words that go on after "machines …; ". */
    default String shared() {
        return "nothing is shared";
    }

    /** The packages that machines can install without a network. */
    default List<String> packages() {
        return List.of();
    }

    /** Where machines look for programs; {@code host}: where this host does, may be null. */
    default String path(String host) {
        return host;
    }

    /** Loses all files of a machine that doesn't run but its home directory. */
    default void resetRoot(Machine machine) throws IOException {}

    /** Wipes a machine's files. */
    void wipe(Machine machine) throws IOException;

    /** Runs a command from start to end; complete when it has ended. */
    CompletionStage<Void> run(World world, Machine machine, Execution execution, ExecutionService.Command command);

    /** Opens a preview's listener, on the port it had before if that is free. */
    void listen(World world, Machine machine, Preview preview) throws IOException;

    /**
     * Shuts the door of all previews of a machine and cuts what goes through.
     *
     * @param unless asked right before the door shuts: true keeps it open, and so does a viewer who waits for an answer;
     *     null: it shuts whoever waits
     */
    boolean shut(Machine machine, BooleanSupplier unless);

    @Override
    void close() throws IOException;
}
