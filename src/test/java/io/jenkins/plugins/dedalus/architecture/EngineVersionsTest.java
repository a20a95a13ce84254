package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The plugin and the router run the same engine on the same libraries; what comes from API plugins, EngineLibrariesTest holds. */
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
        assertThat(plugin).containsKeys("vertx.version", "netty.version", "bcrypt.version");
        Map<String, String> common = new TreeMap<>(plugin);
        common.keySet().retainAll(router.keySet());
        assertThat(common)
                .as("properties that pom.xml and router/pom.xml share")
                .allSatisfy((name, version) -> assertThat(version).as(name).isEqualTo(router.get(name)));
    }

    @Test
    void whatIsFromTheParentPomIsFromTheOneInUse() throws Exception {
        Element parent = (Element)
                read(root.resolve("pom.xml")).getElementsByTagName("parent").item(0);
        String inUse =
                parent.getElementsByTagName("version").item(0).getTextContent().strip();
        Map<String, Map<String, String>> copies =
                Map.of("router/pom.xml", router, "formatting.xml", properties(root.resolve("formatting.xml")));
        assertThat(copies).allSatisfy((file, properties) -> assertThat(properties)
                .as(
                        "%s: copy from the parent POM %s what it has from there (Spotless' rules too), then name it",
                        file, inUse)
                .containsEntry("jenkins-parent.version", inUse));
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
