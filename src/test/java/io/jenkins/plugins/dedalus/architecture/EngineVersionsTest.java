package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The plugin and the router run the same engine on the same libraries. */
class EngineVersionsTest {
    private final Path root = ProjectFiles.root();
    private Map<String, String> router;
    private Map<String, String> plugin;

    @BeforeEach
    void readBothPoms() throws Exception {
        router = properties(root.resolve("router/pom.xml"));
        plugin = properties(root.resolve("pom.xml"));
    }

    @Test
    void whatBothPomsNameHasTheSameVersion() {
        assertThat(plugin).containsKeys("vertx.version", "bcrypt.version");
        Map<String, String> common = new TreeMap<>(plugin);
        common.keySet().retainAll(router.keySet());
        assertThat(common)
                .as("properties that pom.xml and router/pom.xml share")
                .allSatisfy((name, version) -> assertThat(version).as(name).isEqualTo(router.get(name)));
    }

    @Test
    void theApiPluginsOfTheBomBringTheRoutersOkHttpAndJackson() throws Exception {
        Document pom = read(root.resolve("pom.xml"));
        Element bom = dependency(pom, "bom-${jenkins.baseline}.x");
        String version = text(bom, "version");
        Path weekly = Path.of(
                System.getProperty("maven.repo.local", System.getProperty("user.home") + "/.m2/repository"),
                "io/jenkins/tools/bom/bom-weekly",
                version,
                "bom-weekly-" + version + ".pom");
        assumeTrue(Files.exists(weekly), "Jenkins' BOM " + version + " is not in the local Maven repository");

        Map<String, String> versions = properties(weekly);
        Document managed = read(weekly);
        assertThat(versionOf(managed, versions, "okhttp-api")).startsWith(router.get("okhttp.version") + "-");
        assertThat(versionOf(managed, versions, "jackson2-api")).startsWith(router.get("jackson.version") + "-");
    }

    private static String versionOf(Document pom, Map<String, String> properties, String artifact) {
        String version = text(dependency(pom, artifact), "version");
        return version.startsWith("${") ? properties.get(version.substring(2, version.length() - 1)) : version;
    }

    private static Element dependency(Document pom, String artifact) {
        var dependencies = pom.getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (artifact.equals(text(dependency, "artifactId"))) {
                return dependency;
            }
        }
        throw new AssertionError("No dependency on " + artifact + " in " + pom.getDocumentURI());
    }

    private static String text(Element parent, String child) {
        return parent.getElementsByTagName(child).item(0).getTextContent().strip();
    }

    private static Map<String, String> properties(Path pom) throws Exception {
        Map<String, String> properties = new TreeMap<>();
        Node block = read(pom).getElementsByTagName("properties").item(0);
        for (Node node = block.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element property) {
                properties.put(property.getTagName(), property.getTextContent().strip());
            }
        }
        return properties;
    }

    private static Document read(Path pom) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(pom.toFile());
    }
}
