package io.jenkins.plugins.dedalus.proxy.access.revocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Revocations in one small JSON file. */
public final class FileRevocations implements Revocations {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Set<String> links = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> epochs = new ConcurrentHashMap<>();

    /**
     * Reads the file; a missing one means that nothing was withdrawn.
     *
     * @throws UncheckedIOException when it is there but can't be read: going on would honour withdrawn links
     */
    public FileRevocations(Path file) {
        this.file = file;
        if (!Files.exists(file)) {
            return;
        }
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            json.path("links").forEach(link -> links.add(link.asText()));
            json.path("epochs")
                    .properties()
                    .forEach(
                            entry -> epochs.put(entry.getKey(), entry.getValue().asInt()));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The list of withdrawn share links, " + file
                            + ", can't be read. Repair it, or delete it together with"
                            + " share.key, which withdraws all links.",
                    e);
        }
    }

    @Override
    public boolean isRevoked(String linkId, String host) {
        return links.contains(linkId);
    }

    @Override
    public int epoch(String previewId, String host) {
        return epochs.getOrDefault(previewId, 0);
    }

    @Override
    public synchronized void revoke(String linkId) {
        // Also one that is withdrawn already: its writing may have failed.
        links.add(linkId);
        write();
    }

    @Override
    public synchronized void revokeAll(String previewId) {
        epochs.merge(previewId, 1, Integer::sum);
        write();
    }

    /** What was withdrawn so far, for routers that follow this one. */
    public Withdrawals withdrawals() {
        return new Withdrawals(links, epochs);
    }

    private void write() {
        ObjectNode json = JSON.createObjectNode();
        links.stream().sorted().forEach(json.putArray("links")::add);
        ObjectNode numbers = json.putObject("epochs");
        epochs.forEach(numbers::put);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(fresh, json + "\n");
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The withdrawal could not be written to " + file + "; it holds until a restart.", e);
        }
    }
}
