package io.jenkins.plugins.dedalus.preview.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Which API the machines of a ledger live in, in a file beside its records. Asked elsewhere, every machine is a 404, which
 * would count as deleted while it goes on costing money.
 *
 * @param baseUrl the API's base URL without a slash at its end
 * @param organisation the organisation that calls act for; empty if the key's own
 */
public record LedgerOrigin(String baseUrl, String organisation) {
    public static final String FILE = "api.txt";

    static LedgerOrigin of(String baseUrl, String organisation) {
        return new LedgerOrigin(
                baseUrl.trim().replaceFirst("/+$", ""), organisation == null ? "" : organisation.trim());
    }

    /** What the file says; null if there is none. */
    static LedgerOrigin read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        return of(lines.isEmpty() ? "" : lines.get(0), lines.size() < 2 ? "" : lines.get(1));
    }

    byte[] bytes() {
        return (baseUrl + "\n" + organisation + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** An organisation that was not told apart before may well be the same. */
    boolean mayBe(LedgerOrigin other) {
        return baseUrl.equals(other.baseUrl)
                && (organisation.isEmpty() || other.organisation.isEmpty() || organisation.equals(other.organisation));
    }

    @Override
    public String toString() {
        return organisation.isEmpty() ? baseUrl : baseUrl + ", organisation " + organisation;
    }
}
