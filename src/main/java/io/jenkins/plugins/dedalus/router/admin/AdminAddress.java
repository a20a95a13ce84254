package io.jenkins.plugins.dedalus.router.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Where the serving process of a state directory is reached and what proves that a caller may: two files in that directory
 * that only their owner can read, rewritten at each start.
 *
 * @param url the admin port's address, without a trailing slash
 * @param pid the serving process
 * @param token the bearer token
 */
public record AdminAddress(URI url, long pid, String token) {
    static final String ADDRESS_FILE = "admin.json";
    static final String TOKEN_FILE = "admin.token";

    /** Makes an address with a fresh random token for this process. */
    public static AdminAddress create(URI url) {
        return new AdminAddress(url, ProcessHandle.current().pid(), Signer.random());
    }

    /** Writes both files, mode 0600 where the file system knows modes. */
    public void write(Path state) throws IOException {
        OwnerOnly.write(state.resolve(TOKEN_FILE), token + "\n");
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("url", url.toString()).put("pid", pid);
        OwnerOnly.write(state.resolve(ADDRESS_FILE), json + "\n");
    }

    /** Removes both files, at the end of serving. */
    public static void remove(Path state) throws IOException {
        Files.deleteIfExists(state.resolve(ADDRESS_FILE));
        Files.deleteIfExists(state.resolve(TOKEN_FILE));
    }

    /**
     * Reads both files.
     *
     * @throws AdminException when there are none (no router runs) or they can't be read
     */
    public static AdminAddress read(Path state) {
        try {
            JsonNode json = new ObjectMapper().readTree(Files.readString(state.resolve(ADDRESS_FILE)));
            String token = Files.readString(state.resolve(TOKEN_FILE)).trim();
            return new AdminAddress(
                    URI.create(json.path("url").asText()), json.path("pid").asLong(), token);
        } catch (NoSuchFileException e) {
            throw noRouter(state, e);
        } catch (IOException e) {
            throw new AdminException(
                    AdminException.Kind.NO_ROUTER,
                    "The router's address in " + state + " can't be read (" + e.getMessage()
                            + "). Run this command as the user who runs the router.",
                    e);
        }
    }

    static AdminException noRouter(Path state, Throwable cause) {
        return new AdminException(
                AdminException.Kind.NO_ROUTER,
                "No router is running on the state directory " + state
                        + ". Start one with: dedalus-preview-router serve --config router.yaml",
                cause);
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "AdminAddress[" + url + ", pid " + pid + "]";
    }
}
