package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The front proxies of docs/deploy are trusted, so what viewers send must not pass for what they say. */
class DeployExamplesTest {
    private static String read(String name) throws Exception {
        Path file = ProjectFiles.root().resolve("docs/deploy").resolve(name);
        return Files.readString(file).replaceAll("[ \t]+", " ");
    }

    @Test
    void nginxDropsAndSetsWhatTheRouterBelieves() throws Exception {
        assertThat(read("nginx.conf"))
                .contains("proxy_set_header X-PR-Number \"\";", "proxy_set_header X-PR-Repository \"\";")
                .contains("proxy_set_header X-Forwarded-For $remote_addr;")
                .contains("proxy_set_header X-Forwarded-Proto $scheme;")
                .contains("proxy_set_header Host $http_host;");
    }

    @Test
    void caddyDropsWhatItDoesNotSetByItself() throws Exception {
        assertThat(read("Caddyfile")).contains("header_up -X-PR-Number\n", "header_up -X-PR-Repository\n");
    }
}
