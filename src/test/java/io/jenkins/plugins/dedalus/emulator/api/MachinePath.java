package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.node.TextNode;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.MachineService;
import java.util.regex.Pattern;

/** Finds the machine that a path names. */
final class MachinePath {
    private static final Pattern PREFIXED = Pattern.compile("dm-[a-z0-9-]{1,250}");
    private static final Pattern BARE =
            Pattern.compile("(dm-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

    private final Generation generation;
    private final MachineService machines;

    MachinePath(Generation generation, MachineService machines) {
        this.generation = generation;
        this.machines = machines;
    }

    /** The machine of {@code {machine_id}}. Throws a refusal. */
    Machine of(Call call) {
        String id = call.variable("machine_id");
        Pattern pattern = generation.bare() ? BARE : PREFIXED;
        if (!pattern.matcher(id).matches()) {
            throw Problem.invalid(
                    "path.machine_id", "expected string to match pattern ^" + pattern + "$", TextNode.valueOf(id));
        }
        return machines.get(generation.bare() ? id.replaceFirst("^dm-", "") : id);
    }
}
