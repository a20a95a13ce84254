package io.jenkins.plugins.dedalus.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the packed plugin holds. The list of libraries itself is checked by the packaging: hpi.strictBundledArtifacts. */
class HpiContentsIT {
    private static final Path HPI = Path.of("target", "dedalus-preview.hpi");
    private static final String OURS = "io/jenkins/plugins/dedalus/";

    @Test
    void holdsTheEngineAndThePluginButNeitherRouterNorEmulator() throws IOException {
        List<String> classes = entries("WEB-INF/lib/dedalus-preview.jar");

        assertThat(classes)
                .contains(
                        OURS + "client/DedalusClient.class",
                        OURS + "preview/PreviewLifecycle.class",
                        OURS + "proxy/PreviewProxy.class",
                        OURS + "accounts/PreviewEngines.class",
                        OURS + "config/DedalusGlobalConfiguration/config.jelly",
                        "index.jelly");
        assertThat(classes)
                .noneMatch(name -> name.startsWith(OURS + "router/"))
                .noneMatch(name -> name.startsWith(OURS + "emulator/"))
                .noneMatch(name -> name.endsWith("Test.class"));
    }

    @Test
    void bundlesNothingThatAnApiPluginOrJenkinsOffers() throws IOException {
        assertThat(libraries())
                .isNotEmpty()
                .noneMatch(
                        name -> name.matches(
                                ".*/(jackson|okhttp|okio|kotlin|guava|slf4j|log4j|picocli|micrometer|snakeyaml|gson|commons).*"));
        assertThat(libraries().stream().map(HpiContentsIT::artifact).toList()).doesNotHaveDuplicates();
    }

    private static String artifact(String library) {
        return library.replaceAll("-\\d.*", "");
    }

    private static List<String> libraries() throws IOException {
        try (JarFile hpi = new JarFile(HPI.toFile())) {
            return hpi.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith("WEB-INF/lib/") && name.endsWith(".jar"))
                    .toList();
        }
    }

    private static List<String> entries(String jar) throws IOException {
        try (JarFile hpi = new JarFile(HPI.toFile());
                InputStream in = hpi.getInputStream(hpi.getEntry(jar));
                JarInputStream inner = new JarInputStream(in)) {
            List<String> names = new ArrayList<>();
            for (ZipEntry entry = inner.getNextEntry(); entry != null; entry = inner.getNextEntry()) {
                names.add(entry.getName());
            }
            return names;
        }
    }
}
