package io.jenkins.plugins.dedalus.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What another version of the engine leaves in the ledger: 0.1 drops what it does not know, a later one has other stages. */
final class OtherVersion {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The parts of a record that 0.1 writes anew from what it knows of them. */
    private static final Map<String, List<String>> KNOWN_TO_0_1 = Map.of(
            "machine", List.of("machineId", "vcpu", "memoryMib", "storageGib", "autosleep", "since"),
            "creation", List.of("idempotencyKey", "vcpu", "memoryMib", "storageGib", "autosleep", "at"),
            "closing", List.of("since", "confirmed", "deleteAt", "reason"),
            "operation",
                    List.of(
                            "kind",
                            "id",
                            "stage",
                            "order",
                            "commit",
                            "specDigest",
                            "since",
                            "stageSince",
                            "execution",
                            "index",
                            "callKey",
                            "recreated"));

    private OtherVersion() {}

    static void writes(Path directory, Chance chance) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                ObjectNode record = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
                if (chance.of(0.7)) {
                    older(record);
                } else if (record.get("operation") instanceof ObjectNode operation) {
                    operation.put("stage", "HIBERNATE");
                }
                Files.write(file, JSON.writeValueAsBytes(record));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void older(ObjectNode record) {
        KNOWN_TO_0_1.forEach((part, fields) -> {
            JsonNode value = record.get(part);
            if (value instanceof ObjectNode object) {
                object.retain(fields);
            }
        });
    }
}
