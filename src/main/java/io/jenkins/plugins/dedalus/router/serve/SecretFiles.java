package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads secrets from where the configuration says they are. */
final class SecretFiles {
    private SecretFiles() {}

    /** The API key; throws {@link StartException} saying where it was looked for. */
    static String apiKey(RouterConfig.Api api, Map<String, String> environment) {
        if (api.apiKeyFile() != null) {
            return firstLine(api.apiKeyFile(), "api.apiKeyFile");
        }
        String key = environment.get(api.apiKeyEnv());
        if (key == null || key.isBlank()) {
            throw new StartException("No Dedalus API key: set the environment variable " + api.apiKeyEnv()
                    + ", or name a file with api.apiKeyFile.");
        }
        return key.trim();
    }

    /** The first line of a file, without blanks around it. */
    static String firstLine(Path file, String setting) {
        try {
            String line = Files.readString(file, StandardCharsets.UTF_8)
                    .strip()
                    .lines()
                    .findFirst()
                    .orElse("");
            if (line.isBlank()) {
                throw new StartException(
                        "The file " + file + " (" + setting + ") is empty; put the secret on its first line.");
            }
            return line.strip();
        } catch (IOException e) {
            throw new StartException(
                    "The file " + file + " (" + setting + ") can't be read: " + e.getMessage() + ".", e);
        }
    }
}
