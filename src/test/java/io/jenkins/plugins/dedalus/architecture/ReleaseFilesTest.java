package io.jenkins.plugins.dedalus.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What a release needs besides code: nobody notices that it is wrong before the day of the release. */
class ReleaseFilesTest {
    private static final Pattern PINNED = Pattern.compile("[\\w.-]+/[\\w./-]+@v\\d[\\w.]*");
    private static final Pattern LIBRARY =
            Pattern.compile("(?m)^\\| ([\\w. -]+?)(?: \\(tests\\))? \\| (\\d[\\w.]*)(?:,[^|]*)? \\|");

    private final Path root = ProjectFiles.root();

    @Test
    void everythingNamesTheSameRepository() throws Exception {
        String plugin = text(pom("pom.xml"), "gitHubRepo");
        assertThat(plugin).isEqualTo(text(pom("router/pom.xml"), "gitHubRepo"));
        for (String file : new String[] {"pom.xml", "router/pom.xml"}) {
            Document pom = pom(file);
            assertThat(text(pom, "url")).as(file).isEqualTo("https://github.com/${gitHubRepo}");
            assertThat(text(pom, "connection")).as(file).isEqualTo("scm:git:https://github.com/${gitHubRepo}.git");
        }
        String team = plugin.substring(plugin.indexOf('/') + 1);
        assertThat(read(".github/CODEOWNERS")).isEqualTo("* @jenkinsci/" + team + "-developers\n");
        assertThat(read(".github/workflows/cd.yaml")).contains("github.repository == '" + plugin + "'");
    }

    @Test
    void workflowsPinWhatTheyUseAndMayDoLittle() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(".github/workflows"))) {
            for (Path file : files.toList()) {
                JsonNode workflow = new YAMLMapper().readTree(Files.readString(file));
                assertThat(workflow.path("permissions").isObject())
                        .as("%s says what its token may do", file)
                        .isTrue();
                assertThat(workflow.findValuesAsText("uses"))
                        .as("%s", file)
                        .isNotEmpty()
                        .allSatisfy(used -> assertThat(used).matches(PINNED));
            }
        }
    }

    @Test
    void everyYamlFileForGitHubCanBeRead() throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(".github"))) {
            List<Path> yaml =
                    files.filter(file -> file.toString().matches(".*\\.ya?ml")).toList();
            assertThat(yaml).hasSizeGreaterThan(5);
            for (Path file : yaml) {
                assertThat(new YAMLMapper().readTree(Files.readString(file)).isObject())
                        .as("%s", file)
                        .isTrue();
            }
        }
    }

    @Test
    void theEngineTierNeverAsksForTheExtensionOfThePluginsBuild() throws IOException {
        assertThat(root.resolve("router/.mvn"))
                .as("where Maven looks for extensions of router/pom.xml")
                .isDirectory();
        assertThat(root.resolve("router/.mvn/extensions.xml")).doesNotExist();
        for (String script : new String[] {"check", "demo", "emulator", "scripts/lib.sh", "scripts/router-jar"}) {
            assertThat(read(script).lines().filter(line -> line.contains("\"$mvn\" -")))
                    .as("%s: engine_mvn looks for .mvn in router/ alone", script)
                    .isEmpty();
        }
    }

    @Test
    void everyLibraryOfTheJarHasItsLicenceListed() throws Exception {
        String listed = read("router/src/main/licenses/README.md");
        Element dependencies = (Element)
                ((Element) pom("router/pom.xml").getElementsByTagName("project").item(0))
                        .getElementsByTagName("dependencies")
                        .item(1);
        List<String> unlisted = new ArrayList<>();
        NodeList all = dependencies.getElementsByTagName("dependency");
        for (int i = 0; i < all.getLength(); i++) {
            Element one = (Element) all.item(i);
            String group = content(one, "groupId");
            boolean bundled = one.getElementsByTagName("scope").getLength() == 0;
            if (bundled
                    && !listed.contains("`" + group + ":" + content(one, "artifactId") + "`")
                    && !listed.contains("`" + group + ":*`")
                    && !(group.startsWith("com.fasterxml.jackson.") && listed.contains("`com.fasterxml.jackson.*`"))) {
                unlisted.add(group + ":" + content(one, "artifactId"));
            }
        }
        assertThat(all.getLength()).isGreaterThan(10);
        assertThat(unlisted).as("router/src/main/licenses/README.md").isEmpty();
    }

    @Test
    void theTableOfLibrariesSaysTheVersionsInUse() throws Exception {
        Map<String, String> properties = new TreeMap<>();
        Document pom = pom("router/pom.xml");
        NodeList all = pom.getElementsByTagName("properties").item(0).getChildNodes();
        for (int i = 0; i < all.getLength(); i++) {
            properties.put(
                    all.item(i).getNodeName(), all.item(i).getTextContent().strip());
        }
        Matcher row = LIBRARY.matcher(read("docs/releasing.md"));
        int rows = 0;
        while (row.find()) {
            String property = row.group(1).toLowerCase(Locale.ROOT).replace("vert.x", "vertx") + ".version";
            assertThat(properties).as(row.group()).containsKey(property);
            assertThat(properties.get(property).replace(".Final", ""))
                    .as(property)
                    .isEqualTo(row.group(2));
            rows++;
        }
        assertThat(rows).isGreaterThan(6);
    }

    private String read(String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    private Document pom(String file) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(root.resolve(file).toFile());
    }

    /** The first one that stands directly below the project, its properties or its scm. */
    private static String text(Document pom, String name) {
        NodeList all = pom.getElementsByTagName(name);
        for (int i = 0; i < all.getLength(); i++) {
            String parent = all.item(i).getParentNode().getNodeName();
            if (List.of("project", "properties", "scm").contains(parent)) {
                return all.item(i).getTextContent().strip();
            }
        }
        return "";
    }

    private static String content(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent().strip();
    }
}
